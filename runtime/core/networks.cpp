#include "runtime/core/networks.h"

#include <array>
#include <string>
#include <utility>

namespace karnin {
namespace {

/// Every layer on top of the one before it.
class Stack {
 public:
  Stack(std::string name, const Extent& input) : net_{std::move(name), input, {}} {}

  Stack& add(std::string name, LayerSpec spec) {
    net_.nodes.push_back({std::move(name), spec, {static_cast<int>(net_.nodes.size()) - 1}});
    return *this;
  }

  Architecture take() { return std::move(net_); }

 private:
  Architecture net_;
};

constexpr std::array<BuiltInNetwork, 3> kNetworks{{{"khanal2018", &khanal2018, true},
                                                   {"lenet-300-100", &lenet_300_100, false},
                                                   {"lenet-5", &lenet_5, false}}};

}  // namespace

Architecture khanal2018(const Extent& input, std::int64_t classes) {
  return Stack("khanal2018", input)
      .add("conv1", Conv2d{10, 5, 5})
      .add("relu1", Relu{})
      .add("pool1", Pool2d{})
      .add("conv2", Conv2d{16, 5, 5})
      .add("relu2", Relu{})
      .add("pool2", Pool2d{})
      .add("fc1", FullyConnected{120})
      .add("relu3", Relu{})
      .add("fc2", FullyConnected{84})
      .add("relu4", Relu{})
      .add("fc3", FullyConnected{classes})
      .take();
}

Architecture lenet_300_100(const Extent& input, std::int64_t classes) {
  return Stack("lenet-300-100", input)
      .add("fc1", FullyConnected{300})
      .add("relu1", Relu{})
      .add("fc2", FullyConnected{100})
      .add("relu2", Relu{})
      .add("fc3", FullyConnected{classes})
      .take();
}

Architecture lenet_5(const Extent& input, std::int64_t classes) {
  return Stack("lenet-5", input)
      .add("conv1", Conv2d{20, 5, 5})
      .add("pool1", Pool2d{})
      .add("conv2", Conv2d{50, 5, 5})
      .add("pool2", Pool2d{})
      .add("fc1", FullyConnected{500})
      .add("relu1", Relu{})
      .add("fc2", FullyConnected{classes})
      .take();
}

std::span<const BuiltInNetwork> built_in_networks() { return kNetworks; }

}  // namespace karnin
