// The environment variables that say what the library is to be told.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "formats/data/data_places.h"
#include "runtime/layers/fc_kernel.h"

namespace karnin::cli {

/// KARNIN_CPU_ISA: the instruction set of all kernels. Throws ArgumentError for one that is unknown
/// or that this CPU lacks.
void use_isa_of_environment();

/// KARNIN_KERNEL: the kernel of all fully connected layers in `eval` and `bench`. Throws
/// ArgumentError for one that does not exist.
std::optional<FcKernel> pinned_kernel();

/// The same where no file of plans is named, which pins kernels too: throws ArgumentError for both.
std::optional<FcKernel> pinned_kernel_beside(const std::string& plan);

/// KARNIN_DATA and the cache.
DataPlaces data_places();

/// $XDG_CACHE_HOME/karnin-cpu, or ~/.cache/karnin-cpu.
std::filesystem::path cache_directory();

/// KARNIN_CIFAR10_URL: another place of the archive; "": the official one.
std::string cifar10_mirror();

}  // namespace karnin::cli
