#include "runtime/engine/network_timing.h"

#include <gmock/gmock.h>

#include "runtime/graph/networks.h"

namespace karnin {
namespace {

Model filled(Graph graph) {
  Model model = make_model(std::move(graph));
  for (Parameter& parameter : model.parameters) std::ranges::fill(parameter.value.span(), 0.5F);
  return model;
}

TEST(NetworkTiming, TellsOfEveryLayer) {
  const Model model = filled(make_chain(
      "n", {2, 6, 6}, {{"conv", Conv2d{4, 3, 3}}, {"relu", Relu{}}, {"fc", FullyConnected{3}}}));
  const NetworkTiming timing = time_network(model, {.batch = 3, .threads = 2, .seconds = 0});
  EXPECT_EQ(timing.threads, 2);
  EXPECT_GE(timing.runs, 20);
  EXPECT_GT(timing.median_us, 0);
  EXPECT_GE(timing.p99_us, timing.median_us);
  std::int64_t macs = 0;
  for (const LayerProfile& layer : timing.layers) macs += layer.macs;
  EXPECT_EQ(macs, 4 * 2 * 9 * 16 + 3 * 64);
}

TEST(NetworkTiming, CountsTheWorkOfKeptWeights) {
  Model model = filled(make_chain("n", {8, 1, 1}, {{"fc", FullyConnected{4}}}));
  std::ranges::fill(model.parameters[0].value.span().first(24), 0.0F);
  const NetworkTiming timing = time_network(model, {.threads = 1, .seconds = 0});
  const auto fc = std::ranges::find(timing.layers, "fc", &LayerProfile::name);
  EXPECT_EQ(fc->macs, 32);
  EXPECT_EQ(fc->kept_macs, 8);
}

TEST(NetworkTiming, TakesSeveralOutputs) {
  Graph graph = make_chain("n", {8, 1, 1}, {{"a", FullyConnected{4}}, {"b", FullyConnected{2}}});
  graph.outputs = {1, 2};
  EXPECT_GT(time_network(filled(graph), {.threads = 1, .seconds = 0}).median_us, 0);
}

TEST(ThinOut, SparesTheFirstLayerAndGroups) {
  Model model = filled(make_chain("n", {4, 8, 8},
                                  {{"first", Conv2d{32, 3, 3}},
                                   {"depthwise", Conv2d{.oc = 32, .kh = 3, .kw = 3, .groups = 32}},
                                   {"pointwise", Conv2d{64, 1, 1}},
                                   {"fc", FullyConnected{10}}}));
  thin_out(model, 0.75, 1);
  const std::vector<ParameterSpec> specs = parameter_specs(model.graph);
  for (std::size_t i = 0; i < specs.size(); ++i) {
    const auto size = static_cast<double>(model.parameters[i].value.size());
    const double zeros = 1 - static_cast<double>(count_nonzero(model.parameters[i])) / size;
    const bool thin = specs[i].name == "pointwise.weight" || specs[i].name == "fc.weight";
    EXPECT_NEAR(zeros, thin ? 0.75 : 0, thin ? 0.05 : 0) << specs[i].name;
  }
}

}  // namespace
}  // namespace karnin
