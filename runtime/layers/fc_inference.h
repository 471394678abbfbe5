// The fully connected layers of inference: one a kernel. Each keeps its own packed copy of the
// weights, their columns permuted to the layout that the activations come in, so that nothing is
// ever flattened.
#pragma once

#include "runtime/graph/ops/fully_connected.h"
#include "runtime/layers/fc_kernel.h"
#include "runtime/layers/layer.h"

namespace karnin {

/// Takes src in any layout and gives plain rows.
std::unique_ptr<Layer> make_fc_inference(std::string name, const FullyConnected& spec,
                                         const Blob& src, bool relu, FcKernel kernel);

}  // namespace karnin
