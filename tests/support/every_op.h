// A network that no chain of the first schema could be.
#pragma once

#include <limits>
#include <string>
#include <vector>

#include "runtime/graph/graph.h"

namespace karnin::test {

/// Branches, two outputs, pixels in another order, and every op and number that came later.
inline Graph every_op() {
  Graph net = make_graph("graph", {4, 9, 8});
  std::get<Input>(net.nodes[0].op).order = PixelOrder::hwc;
  const NodeId a =
      append(net, "a", Conv2d{.oc = 4, .kh = 3, .kw = 3, .ph = {0, 2}, .pw = 1, .groups = 2}, {0});
  const NodeId b = append(net, "b", Conv2d{.oc = 4, .kh = 2, .kw = 2, .ph = 1, .pw = {0, 1}}, {0});
  int number = 0;
  const auto add = [&](const Op& op) { return append(net, "n" + std::to_string(number++), op); };
  append(net, "cut", Pad{{-1, 0}, {0, 2}, 0.0F}, {a});
  append(net, "pad", Pad{{0, 2}, {0, -2}, 0.5F});
  const NodeId c = append(net, "pool",
                          Pool2d{.kind = PoolKind::average,
                                 .kh = 2,
                                 .sh = 1,
                                 .sw = 1,
                                 .pw = {0, 1},
                                 .count_padding = true});
  using enum ActivationKind;
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  for (const Activation& op :
       {Activation{leaky_relu, 0.1F}, Activation{clip, 0, 6}, Activation{clip, -kInfinity, 1},
        Activation{clip, 0, kInfinity}, Activation{clip, -kInfinity, kInfinity},
        Activation{sigmoid}, Activation{tanh}, Activation{hard_sigmoid, 0.25F, 0.5F},
        Activation{hard_swish}, Activation{elu, 1}})
    add(op);
  add(PRelu{}), add(BatchNorm{1e-3F}), add(BatchNorm{.ghost_batch = 48}), add(ChannelAffine{});
  const NodeId d = add(Transpose{{0, 2, 1}});
  const NodeId e = append(net, "e", Transpose{{0, 2, 1}}, {d});
  const NodeId sum = append(net, "sum", Add{}, {e, c});
  std::vector<NodeId> parts{c, e};
  for (const ArithmeticKind kind :
       {ArithmeticKind::multiply, ArithmeticKind::subtract, ArithmeticKind::divide})
    parts.push_back(append(net, "arithmetic" + std::to_string(static_cast<int>(kind)),
                           Arithmetic{kind}, {sum, e}));
  append(net, "concat", Concat{}, parts);
  const Extent all = infer_extents(net).back();
  const NodeId flat = append(net, "flat", Reshape{{all.size(), 1, 1}});
  const NodeId p = append(net, "p", Softmax{false}, {flat});
  const NodeId q = append(net, "q", Softmax{true}, {flat});
  net.outputs = {q, b, p};
  return net;
}

}  // namespace karnin::test
