#include "train/experiments/prunings.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/support/trained_network.h"

namespace karnin {
namespace {

const std::vector<std::string> kLayers{"fc1", "fc2"};

PruneOptions by_threshold(double threshold) {
  PruneOptions options;
  options.method = PruneMethod::karnin;
  options.normalisation = Normalisation::log;
  options.sign = SignRule::keep;
  options.until = Threshold{threshold};
  options.layers = kLayers;
  return options;
}

std::int64_t pruned(const Model& model, const std::string& layer) {
  const auto found = std::ranges::find(model.parameters, layer + ".weight", &Parameter::name);
  return std::ranges::count(found->mask, std::uint8_t{0});
}

Model after(const Pruning& pruning) {
  Model model = test::trained_network();
  pruning(model);
  return model;
}

std::int64_t removed_by(const PruneReport& report) {
  std::int64_t sum = 0;
  for (const auto& layer : report.layers) sum += layer.removed;
  return sum;
}

TEST(Controls, RemoveAsManyOfEveryLayer) {
  const Model original = after(pruning_by(by_threshold(0.5)));
  ASSERT_GT(pruned(original, "fc1"), 10);
  ASSERT_GT(pruned(original, "fc2"), 1);
  for (const Control control : {Control::shuffled, Control::magnitude_same_count}) {
    const Model model = after(control_of(by_threshold(0.5), control, 7));
    for (const std::string& layer : kLayers)
      EXPECT_EQ(pruned(model, layer), pruned(original, layer)) << to_string(control) << layer;
    EXPECT_NE(model.parameters[2].mask, original.parameters[2].mask) << to_string(control);
  }
}

TEST(Controls, RandomOfTheSameCountForgetsTheLayers) {
  const Model original = after(pruning_by(by_threshold(0.5)));
  const Model model = after(control_of(by_threshold(0.5), Control::random_same_count, 7));
  EXPECT_EQ(pruned(model, "fc1") + pruned(model, "fc2"),
            pruned(original, "fc1") + pruned(original, "fc2"));
}

TEST(Controls, MagnitudeTakesTheSmallest) {
  const Model before = test::trained_network();
  const Model model = after(control_of(by_threshold(0.5), Control::magnitude_same_count, 7));
  float largest_removed = 0;
  float smallest_kept = INFINITY;
  for (std::size_t i = 0; i < before.parameters[2].mask.size(); ++i) {
    const float w = std::abs(before.parameters[2].value.data()[i]);
    if (model.parameters[2].mask[i] == 0)
      largest_removed = std::max(largest_removed, w);
    else
      smallest_kept = std::min(smallest_kept, w);
  }
  EXPECT_LE(largest_removed, smallest_kept);
}

TEST(Controls, TheSeedDrawsTheShuffle) {
  const auto shuffled = [](std::uint64_t seed) {
    return after(control_of(by_threshold(0.5), Control::shuffled, seed));
  };
  EXPECT_EQ(shuffled(1), shuffled(1));
  EXPECT_FALSE(shuffled(1) == shuffled(2));
}

TEST(Controls, CountWhatWasPrunedBefore) {
  Model model = test::trained_network();
  PruneOptions first = by_threshold(0);
  first.until = Sparsity{0.25};
  prune(model, first);
  Model copy = model;
  const PruneReport original = prune(model, by_threshold(0.5));
  const PruneReport control = control_of(by_threshold(0.5), Control::shuffled, 3)(copy);
  EXPECT_GT(removed_by(original), 0);
  EXPECT_EQ(control.layers, original.layers);
}

}  // namespace
}  // namespace karnin
