// A network of every kind of layer, small enough for tests that train it many times.
#pragma once

#include <string>

#include "runtime/core/architecture.h"

namespace karnin::test {

/// conv 3x3 -> relu -> max pool -> fc1 -> relu [-> dropout] -> fc2.
inline Architecture small_network(const Extent& input, std::int64_t classes, float dropout = 0.0F) {
  Architecture net{"small", input, {}};
  const auto add = [&](std::string name, LayerSpec spec) {
    net.nodes.push_back({std::move(name), spec, {static_cast<int>(net.nodes.size()) - 1}});
  };
  add("conv1", Conv2d{6, 3, 3});
  add("relu1", Relu{});
  add("pool1", Pool2d{});
  add("fc1", FullyConnected{20});
  add("relu2", Relu{});
  if (dropout > 0) add("dropout1", Dropout{dropout});
  add("fc2", FullyConnected{classes});
  return net;
}

}  // namespace karnin::test
