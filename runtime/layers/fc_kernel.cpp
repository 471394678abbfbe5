#include "runtime/layers/fc_kernel.h"

#include "runtime/core/named_enum.h"

namespace karnin {
namespace {

constexpr EnumNames<FcKernel, 4> kKernels{{{FcKernel::onednn, "onednn"},
                                           {FcKernel::dense, "dense"},
                                           {FcKernel::sparse_lanes, "sparse-lanes"},
                                           {FcKernel::sparse_gather, "sparse-gather"}}};

}  // namespace

std::string_view to_string(FcKernel kernel) { return name_of(kKernels, kernel); }

FcKernel fc_kernel_from_string(std::string_view name) { return value_of(kKernels, "kernel", name); }

}  // namespace karnin
