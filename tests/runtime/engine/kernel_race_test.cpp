#include "runtime/engine/kernel_race.h"

#include <gmock/gmock.h>

#include "runtime/core/error.h"
#include "tests/support/golden.h"

namespace karnin {
namespace {

constexpr double kNoTime = 0.0;  // the fewest rounds

TEST(KernelRace, TimesEveryKernel) {
  const KernelRaceResult result =
      race_kernels(fc_model(64, 32, 0.9, 1), {.batch = 20, .threads = 1, .seconds = kNoTime});
  EXPECT_EQ(result.threads, 1);
  ASSERT_EQ(result.times.size(), 3U);
  for (const KernelTime& time : result.times) EXPECT_GT(time.nanoseconds, 0.0);
  EXPECT_EQ(result.dense_nanoseconds(),
            std::min(result.nanoseconds(FcKernel::onednn), result.nanoseconds(FcKernel::dense)));
}

TEST(KernelRace, LargerBatchesTakeLonger) {
  const Model model = fc_model(400, 120, 0.5, 1);
  const auto time = [&](std::int64_t batch, int threads, bool cold) {
    return race_kernels(model, {batch, threads, FcKernel::dense, kNoTime, cold})
        .nanoseconds(FcKernel::dense);
  };
  EXPECT_GT(time(2048, 1, false), 2 * time(16, 1, false));
  EXPECT_GT(time(2048, 1, true), 2 * time(16, 1, true));
  EXPECT_GT(time(2048, 3, false), 2 * time(16, 3, false));
}

TEST(KernelRace, TheChosenKernelCanBeGiven) {
  const Model model = fc_model(16, 8, 0.0, 1);
  for (const FcKernel kernel : {FcKernel::onednn, FcKernel::sparse_gather})
    EXPECT_EQ(race_kernels(model, {.kernel = kernel, .seconds = kNoTime}).chosen, kernel);
}

TEST(KernelRace, RejectsWhatItCannotMeasure) {
  const Model model = fc_model(4, 4, 0.0, 1);
  EXPECT_THROW(race_kernels(model, {.batch = 0}), ArgumentError);
  EXPECT_THROW(race_kernels(model, {.batch = 4, .threads = 2, .cold = true}), ArgumentError);
}

TEST(FcModel, HasTheSparsityThatWasAskedFor) {
  for (const double sparsity : {0.0, 0.7, 1.0}) {
    const Parameter weights = fc_model(200, 100, sparsity, 3).parameters[0];
    EXPECT_NEAR(static_cast<double>(count_nonzero(weights)) / 20000, 1 - sparsity, 0.02);
  }
}

TEST(FcModel, TakesTheLayersOutOfANetwork) {
  const Model network = test::golden_model();
  const std::vector<Model> layers = fc_layers_of(network);
  ASSERT_EQ(layers.size(), 3U);
  EXPECT_EQ(layers[1].graph.name, "fc2");
  EXPECT_EQ(input_extent(layers[1].graph), (Extent{120, 1, 1}));
  EXPECT_EQ(layers[0].parameters[0].value, network.parameters[4].value);
  EXPECT_EQ(layers[2].parameters[1].value, network.parameters[9].value);
}

}  // namespace
}  // namespace karnin
