#include "train/values/codebook_tuning.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <set>

#include "tests/support/bright_squares.h"
#include "tests/support/small_network.h"
#include "train/loop/initialise.h"
#include "train/loop/trainer.h"
#include "train/values/codebook.h"

namespace karnin {
namespace {

std::set<float> values_of(const Parameter& parameter) {
  return {parameter.value.span().begin(), parameter.value.span().end()};
}

Model initial_model(const Extent& extent) {
  Model model = make_model(test::small_network(extent, 4));
  initialise(model, 3);
  return model;
}

/// Worked out by hand: two entries, one weight that an update takes to the other one.
TEST(CodebookTuning, WeightsMoveBetweenEntriesAndEntriesWithThem) {
  Model model = make_model(make_chain("n", {1, 1, 5}, {{"fc", FullyConnected{1}}}));
  const std::vector<float> start{0, 0.5F, 0.25F, 4, 4.5F};
  std::ranges::copy(start, model.parameters[0].value.data());
  CodebookTuning tuning(model, 2);
  EXPECT_THAT(model.parameters[0].value.span(),
              ::testing::ElementsAre(0.25F, 0.25F, 0.25F, 4.25F, 4.25F));
  const std::vector<float> delta{0, 3.0F, 0, 0, 0};
  tuning.on_update({0, 0, delta, delta, 0.1});
  tuning.after_update({}, model);
  // Unrounded: 0, 3.5, 0.25 | 4, 4.5, cut at 2.25: means 0.125 and 4.
  EXPECT_THAT(model.parameters[0].value.span(), ::testing::ElementsAre(0.125F, 4, 0.125F, 4, 4));
}

/// Rounding anew from nothing but the weights and the codebook, every distance looked at.
struct SlowTuning {
  std::vector<float> weights, codebook;
  std::vector<std::uint8_t> mask;  ///< empty: all are kept

  std::size_t nearest(double weight) const {
    const auto distance = [&](float entry) { return std::fabs(weight - double{entry}); };
    return static_cast<std::size_t>(std::ranges::min_element(codebook, {}, distance) -
                                    codebook.begin());
  }

  std::vector<float> round() {
    std::vector<double> sums(codebook.size()), counts(codebook.size());
    std::vector<std::size_t> entries(weights.size());
    for (std::size_t i = 0; i < weights.size(); ++i) {
      if (!mask.empty() && mask[i] == 0) continue;
      entries[i] = nearest(weights[i]);
      sums[entries[i]] += weights[i];
      ++counts[entries[i]];
    }
    for (std::size_t e = 0; e < codebook.size(); ++e)
      if (counts[e] > 0) codebook[e] = round_to_entry(sums[e] / counts[e]);
    std::vector<float> rounded(weights.size(), 0);
    for (std::size_t i = 0; i < weights.size(); ++i)
      if (mask.empty() || mask[i] != 0) rounded[i] = codebook[entries[i]];
    return rounded;
  }
};

class CodebookTuningSteps : public testing::TestWithParam<int> {};

// Steps that move weights by nothing, to the next entry, and across all of them.
TEST_P(CodebookTuningSteps, RoundAsFromTheBeginning) {
  const int entries = GetParam();
  std::mt19937 rng(5);
  std::normal_distribution<float> normal;
  Model model = make_model(make_chain("n", {1, 1, 500}, {{"fc", FullyConnected{2}}}));
  Parameter& parameter = model.parameters[0];
  SlowTuning slow;
  for (std::size_t i = 0; i < parameter.value.span().size(); ++i) {
    slow.mask.push_back(i % 3 != 0);
    slow.weights.push_back(i % 3 != 0 ? normal(rng) : 0);
  }
  parameter.mask = slow.mask;
  std::ranges::copy(slow.weights, parameter.value.data());
  std::vector<float> kept;
  for (std::size_t i = 0; i < slow.mask.size(); ++i)
    if (slow.mask[i] != 0) kept.push_back(slow.weights[i]);
  slow.codebook = make_codebook(kept, entries);
  CodebookTuning tuning(model, entries);
  EXPECT_THAT(parameter.value.span(), ::testing::ElementsAreArray(slow.round()));
  for (const float size : {0.0F, 1e-3F, 0.1F, 5.0F, 1e-3F}) {
    std::vector<float> delta;
    for (std::size_t i = 0; i < slow.weights.size(); ++i) {
      delta.push_back(slow.mask[i] != 0 ? size * normal(rng) : 0);
      slow.weights[i] += delta.back();
    }
    tuning.on_update({0, 0, delta, delta, 0.1});
    tuning.after_update({}, model);
    EXPECT_THAT(parameter.value.span(), ::testing::ElementsAreArray(slow.round())) << size;
  }
}

INSTANTIATE_TEST_SUITE_P(Entries, CodebookTuningSteps, testing::Values(2, 16, 37, 256));

TEST(CodebookTuning, ThreadsDoNotChangeABit) {
  const Extent extent{1, 12, 12};
  const ImageSet images = test::bright_squares(extent, 4, 100, 1);
  std::vector<Model> models;
  for (const int threads : {1, 2, 3, 8}) {
    Model model = initial_model(extent);
    CodebookTuning tuning(model, 6);
    TrainOptions options;
    options.batch = 7;
    options.threads = threads;
    Trainer trainer(model, images, options);
    trainer.follow(tuning);
    trainer.run_epoch();
    models.push_back(std::move(model));
  }
  EXPECT_THAT(models, ::testing::Each(models.front()));
}

TEST(CodebookTuning, LearnsWithFewValues) {
  const Extent extent{1, 12, 12};
  const ImageSet images = test::bright_squares(extent, 4, 400, 1);
  Model model = initial_model(extent);
  Parameter& masked = model.parameters[2];
  masked.mask.assign(masked.value.span().size(), 1);
  for (std::size_t i = 0; i < masked.mask.size(); i += 2) {
    masked.mask[i] = 0;
    masked.value.data()[i] = 0;
  }
  CodebookTuning tuning(model, 4);
  TrainOptions options;
  options.batch = 16;
  options.schedule.learning_rate = 0.02;
  Trainer trainer(model, images, options);
  trainer.follow(tuning);
  double accuracy = 0;
  for (int epoch = 0; epoch < 4; ++epoch) accuracy = trainer.run_epoch().accuracy;
  EXPECT_GT(accuracy, 0.9);
  EXPECT_NO_THROW(validate(model));
  EXPECT_LE(values_of(model.parameters[0]).size(), 4U);
  EXPECT_LE(values_of(model.parameters[2]).size(), 5U) << "and the 0 of pruned weights";
  EXPECT_GT(values_of(model.parameters[3]).size(), 5U) << "biases stay as they are";
}

}  // namespace
}  // namespace karnin
