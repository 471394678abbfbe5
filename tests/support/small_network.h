// A network of every kind of layer, small enough for tests that train it many times.
#pragma once

#include <string>

#include "runtime/graph/graph.h"

namespace karnin::test {

/// conv 3x3 -> relu -> max pool -> fc1 -> relu [-> dropout] -> fc2.
inline Graph small_network(const Extent& input, std::int64_t classes, float dropout = 0.0F) {
  Graph net = make_graph("small", input);
  append(net, "conv1", Conv2d{6, 3, 3});
  append(net, "relu1", Relu{});
  append(net, "pool1", Pool2d{});
  append(net, "fc1", FullyConnected{20});
  append(net, "relu2", Relu{});
  if (dropout > 0) append(net, "dropout1", Dropout{dropout});
  append(net, "fc2", FullyConnected{classes});
  return net;
}

}  // namespace karnin::test
