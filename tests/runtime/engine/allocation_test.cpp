// What an engine takes from the heap: nothing once it has run, and no more than it needs before.
#include <gtest/gtest.h>

#include "runtime/core/counter_rng.h"
#include "runtime/engine/engine.h"
#include "runtime/graph/networks.h"
#include "tests/support/allocation_meter.h"
#include "tests/support/pruned_model.h"

namespace karnin {
namespace {

Model model_with_half_of_its_weights() {
  Model model = make_model(khanal2018());
  CounterRng rng(1);
  for (Parameter& parameter : model.parameters)
    for (float& w : parameter.value.span()) w = static_cast<float>(rng.uniform() - 0.5) / 8;
  test::prune_matrices(model, 0.5);
  return model;
}

TEST(Allocation, ARunAllocatesNothing) {
  const Model model = model_with_half_of_its_weights();
  for (const std::int64_t batch : {1, 64, 67})
    for (const Domain domain : kAllDomains)
      for (const int threads : {1, 2}) {
        Engine engine(model, {.batch = batch, .threads = threads, .race = false, .domain = domain});
        const std::vector<float> images(static_cast<std::size_t>(batch * 3 * 32 * 32), 0.5F);
        std::vector<float> logits(static_cast<std::size_t>(batch * engine.classes()));
        engine.run(images, logits);
        EXPECT_EQ(test::count_allocations([&] { engine.run(images, logits); }), 0U)
            << "batch " << batch << ", " << threads << " threads, " << to_string(domain);
      }
}

TEST(Allocation, NoTensorIsMadeForAMatrixThatLostNearlyAll) {
  constexpr std::int64_t kWidth = 1024;
  Model model = make_model(make_chain("n", {kWidth, 1, 1}, {{"fc", FullyConnected{kWidth}}}));
  std::ranges::fill(model.parameters[0].value.span(), 1.0F);
  test::prune_matrices(model, 0.9);
  CompactModel compact{model, {}};
  for (const Parameter& parameter : model.parameters)
    compact.parameters.push_back(compacted(parameter));
  for (const std::int64_t batch : {1, 64}) {
    test::reset_largest_allocation();
    const Engine engine(compact, {.batch = batch, .threads = 2});
    EXPECT_LT(test::largest_allocation(), kWidth * kWidth * sizeof(float) / 2) << batch;
  }
}

}  // namespace
}  // namespace karnin
