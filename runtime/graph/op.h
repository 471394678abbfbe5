// What a node computes: one of the ops, and what all of them answer.
#pragma once

#include <span>
#include <variant>
#include <vector>

#include "runtime/graph/ops/activation.h"
#include "runtime/graph/ops/add.h"
#include "runtime/graph/ops/arithmetic.h"
#include "runtime/graph/ops/batch_norm.h"
#include "runtime/graph/ops/channel_affine.h"
#include "runtime/graph/ops/concat.h"
#include "runtime/graph/ops/conv2d.h"
#include "runtime/graph/ops/dropout.h"
#include "runtime/graph/ops/fully_connected.h"
#include "runtime/graph/ops/input.h"
#include "runtime/graph/ops/pad.h"
#include "runtime/graph/ops/pool2d.h"
#include "runtime/graph/ops/prelu.h"
#include "runtime/graph/ops/relu.h"
#include "runtime/graph/ops/reshape.h"
#include "runtime/graph/ops/softmax.h"
#include "runtime/graph/ops/transpose.h"

namespace karnin {

using Op =
    std::variant<Input, Conv2d, FullyConnected, Pool2d, Relu, Activation, PRelu, Dropout, BatchNorm,
                 ChannelAffine, Add, Arithmetic, Concat, Softmax, Pad, Reshape, Transpose>;

/// Output of an op that reads values of these extents. Throws ShapeError, which names no node, when
/// they or the op's own numbers make no sense.
Extent extent(const Op& op, Extents srcs);

/// Its tensors, in the order of roles; srcs as extent() took them.
std::vector<ParameterShape> parameters(const Op& op, Extents srcs);

Traits traits(const Op& op);

template <typename Kind>
bool is(const Op& op) {
  return std::holds_alternative<Kind>(op);
}

}  // namespace karnin
