#include "runtime/graph/networks.h"

#include <array>
#include <string>

namespace karnin {
namespace {

constexpr std::array<BuiltInNetwork, 3> kNetworks{
    {{"khanal2018", &khanal2018, {3, 32, 32}, true},
     {"lenet-300-100", &lenet_300_100, {1, 28, 28}, false},
     {"lenet-5", &lenet_5, {1, 28, 28}, false}}};

}  // namespace

Graph khanal2018(const Extent& input, std::int64_t classes) {
  return make_chain("khanal2018", input,
                    {{"conv1", Conv2d{10, 5, 5}},
                     {"relu1", Relu{}},
                     {"pool1", Pool2d{}},
                     {"conv2", Conv2d{16, 5, 5}},
                     {"relu2", Relu{}},
                     {"pool2", Pool2d{}},
                     {"fc1", FullyConnected{120}},
                     {"relu3", Relu{}},
                     {"fc2", FullyConnected{84}},
                     {"relu4", Relu{}},
                     {"fc3", FullyConnected{classes}}});
}

Graph lenet_300_100(const Extent& input, std::int64_t classes) {
  return make_chain("lenet-300-100", input,
                    {{"fc1", FullyConnected{300}},
                     {"relu1", Relu{}},
                     {"fc2", FullyConnected{100}},
                     {"relu2", Relu{}},
                     {"fc3", FullyConnected{classes}}});
}

Graph lenet_5(const Extent& input, std::int64_t classes) {
  return make_chain("lenet-5", input,
                    {{"conv1", Conv2d{20, 5, 5}},
                     {"pool1", Pool2d{}},
                     {"conv2", Conv2d{50, 5, 5}},
                     {"pool2", Pool2d{}},
                     {"fc1", FullyConnected{500}},
                     {"relu1", Relu{}},
                     {"fc2", FullyConnected{classes}}});
}

std::span<const BuiltInNetwork> built_in_networks() { return kNetworks; }

}  // namespace karnin
