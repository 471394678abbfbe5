// What threads without images of their own do for those of others.
#include <gtest/gtest.h>

#include <algorithm>

#include "runtime/engine/engine.h"
#include "tests/support/fill.h"
#include "tests/support/isa_level.h"

namespace karnin {
namespace {

/// Convolutions that threads share by rows, one whose second input is added, an odd batch.
TEST(SharedImages, HaveTheSameBitsOnAnyNumberOfThreads) {
  Graph graph = make_graph("shared", {8, 24, 20});
  const NodeId stem = append(graph, "stem", Conv2d{40, 3, 3, 1, 1, 1, 1});
  append(graph, "relu", Relu{});
  const NodeId conv = append(graph, "conv", Conv2d{40, 3, 3, 1, 1, 1, 1});
  append(graph, "sum", Add{}, {conv, stem});
  append(graph, "down", Conv2d{24, 3, 3, 2, 2, 1, 1});
  append(graph, "fc", FullyConnected{10});
  Model model = make_model(graph);
  for (std::size_t i = 0; i < model.parameters.size(); ++i)
    std::ranges::copy(test::uniforms(model.parameters[i].value.size(), i),
                      model.parameters[i].value.span().begin());
  const auto images = test::uniforms(3 * 8 * 24 * 20, 99);
  for (const Domain domain : kAllDomains)
    for (const std::int64_t batch : {1, 3}) {
      const auto logits = [&](int threads) {
        Engine engine(model, {.batch = batch, .threads = threads, .race = false, .domain = domain});
        std::vector<float> result(30);
        for (std::int64_t first = 0; first < 3; first += batch) {
          const auto at = [&](auto& floats, std::int64_t each) {
            return std::span(floats).subspan(static_cast<std::size_t>(first * each),
                                             static_cast<std::size_t>(batch * each));
          };
          engine.run(at(images, 8 * 24 * 20), at(result, 10));
        }
        return result;
      };
      const auto expected = logits(1);
      for (const int threads : {2, 3, 8})
        EXPECT_EQ(logits(threads), expected) << to_string(domain) << ", " << threads << " threads";
    }
}

}  // namespace
}  // namespace karnin
