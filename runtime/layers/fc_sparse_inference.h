// The fully connected layers of inference that leave out what was pruned.
#pragma once

#include "runtime/graph/ops/fully_connected.h"
#include "runtime/layers/fc_kernel.h"
#include "runtime/layers/layer.h"

namespace karnin {

/// make_fc_inference() of a sparse kernel.
std::unique_ptr<Layer> make_fc_sparse_inference(std::string name, const FullyConnected& spec,
                                                const Blob& src, bool relu, FcKernel kernel);

}  // namespace karnin
