# Debian's packages by `cpack`, one a component; scripts/package makes them. They go to /usr.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME karnin)
# Debian wants an address. .invalid says that there is none (RFC 2606); who publishes packages has one.
set(KARNIN_PACKAGE_CONTACT "karnin-cpu maintainers <maintainers@karnin-cpu.invalid>" CACHE STRING
  "Who answers for the packages")
set(CPACK_PACKAGE_CONTACT "${KARNIN_PACKAGE_CONTACT}")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL program library development python)
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)

# karnin_package(COMPONENT PACKAGE SECTION DEPENDS SUMMARY TEXT)
function(karnin_package component package section depends summary text)
  string(TOUPPER ${component} name)
  set(CPACK_DEBIAN_${name}_PACKAGE_NAME ${package} PARENT_SCOPE)
  set(CPACK_DEBIAN_${name}_PACKAGE_SECTION ${section} PARENT_SCOPE)
  set(CPACK_DEBIAN_${name}_PACKAGE_DEPENDS "${depends}" PARENT_SCOPE)
  set(CPACK_COMPONENT_${name}_DESCRIPTION "${summary}\n${text}" PARENT_SCOPE)
  set(doc ${CMAKE_INSTALL_DATADIR}/doc/${package})
  install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${doc} RENAME copyright COMPONENT ${component})
  install(FILES ${CMAKE_CURRENT_BINARY_DIR}/changelog.gz DESTINATION ${doc} COMPONENT ${component})
endfunction()

# Debian wants one in every package, without a time in it.
file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/changelog
  "karnin (${PROJECT_VERSION}) unstable; urgency=medium\n\n  * What is new stands in the history of the \
repository.\n\n -- ${CPACK_PACKAGE_CONTACT}  Sat, 28 Nov 2026 00:00:00 +0000\n")
execute_process(COMMAND gzip -9nf changelog WORKING_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR})

set(same "libkarnin${PROJECT_VERSION_MAJOR} (= ${PROJECT_VERSION})")
karnin_package(program karnin-cpu science ""
  "trains, prunes and runs small neural networks on a CPU"
  "One program that trains small convolutional networks, says how much each\nweight matters, prunes \
those that don't, and runs what is left.")
karnin_package(library libkarnin${PROJECT_VERSION_MAJOR} libs ""
  "runs and prunes small neural networks on a CPU (library)"
  "Reads networks of karnin-cpu and of ONNX, prunes them in one shot, and runs\nthem by dense and \
sparse kernels, behind one C ABI.")
karnin_package(development libkarnin-dev libdevel "${same}"
  "runs and prunes small neural networks on a CPU (development)"
  "Headers for C and C++, the static library, and what CMake and pkg-config look\nfor.")
karnin_package(python python3-karnin python "${same}, python3, python3-numpy"
  "runs and prunes small neural networks on a CPU (Python 3)"
  "NumPy arrays in, NumPy arrays out.")
# What dpkg runs ldconfig for, and what a package of somebody's program learns to depend on.
set(soname ${PROJECT_VERSION_MAJOR})
file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/triggers "activate-noawait ldconfig\n")
file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/shlibs
  "libkarnin ${soname} libkarnin${soname} (>= ${PROJECT_VERSION})\n")
set(CPACK_DEBIAN_LIBRARY_PACKAGE_CONTROL_EXTRA
  ${CMAKE_CURRENT_BINARY_DIR}/triggers ${CMAKE_CURRENT_BINARY_DIR}/shlibs)
# What the static library is linked with.
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SUGGESTS
  "libdnnl-dev, libtbb-dev, libfmt-dev, libonnx-dev, libprotobuf-dev")
set(CPACK_DEBIAN_PYTHON_PACKAGE_ARCHITECTURE all)
set(CPACK_DEBIAN_PYTHON_PACKAGE_SHLIBDEPS OFF)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SHLIBDEPS OFF)
include(CPack)
