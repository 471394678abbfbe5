// The ways in which a fully connected layer can be computed.
#pragma once

#include <string_view>

namespace karnin {

/// Which one is best is the plan's business.
enum class FcKernel { onednn, dense, sparse_lanes, sparse_gather };

/// "onednn", "dense", "sparse-lanes", "sparse-gather"
std::string_view to_string(FcKernel kernel);

/// Throws ArgumentError naming the four.
FcKernel fc_kernel_from_string(std::string_view name);

}  // namespace karnin
