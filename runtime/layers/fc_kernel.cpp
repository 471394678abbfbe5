#include "runtime/layers/fc_kernel.h"

#include <string>

#include "runtime/core/error.h"

namespace karnin {

std::string_view to_string(FcKernel kernel) {
  switch (kernel) {
    case FcKernel::onednn:
      return "onednn";
    case FcKernel::dense:
      return "dense";
    case FcKernel::sparse_lanes:
      return "sparse-lanes";
    case FcKernel::sparse_gather:
      return "sparse-gather";
  }
  return "unknown";
}

FcKernel fc_kernel_from_string(std::string_view name) {
  for (const FcKernel kernel :
       {FcKernel::onednn, FcKernel::dense, FcKernel::sparse_lanes, FcKernel::sparse_gather})
    if (name == to_string(kernel)) return kernel;
  throw ArgumentError("unknown kernel '" + std::string(name) +
                      "': expected onednn, dense, sparse-lanes or sparse-gather");
}

}  // namespace karnin
