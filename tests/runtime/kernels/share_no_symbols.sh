#!/bin/sh
# Usage: share_no_symbols.sh NM OBJECT...
# Fails if an object compiled for a wide instruction set (*_avx2.cpp and *_avx512.cpp) defines a weak
# function that does not name that instruction set: the linker would keep one copy for the program.
set -eu
nm=$1
shift
status=0
for object in "$@"; do
  case $object in
    *_avx2.cpp*) own=fma3 ;;
    *_avx512.cpp*) own=avx512 ;;
    *) continue ;;
  esac
  symbols=$("$nm" --defined-only "$object" | awk '$2 == "W" {print $3}')
  test -n "$symbols" || { echo "no weak function in $object: is this test blind?"; status=1; }
  shared=$(printf '%s\n' "$symbols" | grep -v "$own" || true)
  if [ -n "$shared" ]; then
    echo "$object defines, compiled for $own:"
    printf '%s\n' "$shared" | c++filt
    status=1
  fi
done
exit $status
