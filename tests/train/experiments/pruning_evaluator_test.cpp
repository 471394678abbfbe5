// Against the whole network, pruned and run by the engine image set by image set.
#include "train/experiments/pruning_evaluator.h"

#include <gtest/gtest.h>

#include "runtime/core/error.h"
#include "runtime/engine/engine.h"
#include "tests/support/trained_network.h"
#include "train/experiments/prunings.h"
#include "train/loop/augmentation.h"

namespace karnin {
namespace {

ImageSet test_images() {
  return test::bright_squares(test::kSmallExtent, test::kSmallClasses, 103, 4);
}

/// No front, no tail, no sharing.
std::vector<std::int64_t> counts_of_whole_network(const Model& model, const ImageSet& images) {
  Engine engine(model, {.threads = 1, .race = false});
  std::vector<float> logits(static_cast<std::size_t>(images.size() * engine.classes()));
  const auto load = [&](std::int64_t first, std::int64_t count, float* dst) {
    for (std::int64_t i = 0; i < count; ++i)
      load_image(images.image(first + i), images.extent, model.preprocess,
                 dst + i * images.extent.size());
  };
  engine.run(images.size(), load, logits);
  const auto predictions = predict(logits, engine.classes());
  std::vector<std::int64_t> counts(static_cast<std::size_t>(engine.classes() * engine.classes()));
  for (std::size_t i = 0; i < predictions.size(); ++i)
    ++counts[static_cast<std::size_t>(images.labels[i] * engine.classes() + predictions[i])];
  return counts;
}

std::vector<std::int64_t> counts_of(const ConfusionMatrix& confusion) {
  std::vector<std::int64_t> counts;
  for (std::int64_t label = 0; label < confusion.classes(); ++label)
    for (std::int64_t p = 0; p < confusion.classes(); ++p) counts.push_back(confusion.at(label, p));
  return counts;
}

std::vector<Pruning> prunings_of(const std::vector<std::string>& layers) {
  std::vector<Pruning> prunings;
  for (const PruneMethod method : {PruneMethod::karnin, PruneMethod::random})
    for (const double sparsity : {0.0, 0.5, 0.95}) {
      PruneOptions options;
      options.method = method;
      options.until = Sparsity{sparsity};
      options.layers = layers;
      prunings.push_back(pruning_by(options));
    }
  return prunings;
}

class FirstPrunedLayer : public testing::TestWithParam<std::vector<std::string>> {};

TEST_P(FirstPrunedLayer, GivesWhatTheWholeNetworkGives) {
  const Model model = test::trained_network();
  const ImageSet images = test_images();
  PruningEvaluator evaluator(model, images, GetParam(), 2);
  const std::vector<Pruning> prunings = prunings_of(GetParam());
  const std::vector<Outcome> outcomes = evaluator.evaluate(prunings);
  ASSERT_EQ(outcomes.size(), prunings.size());
  for (std::size_t i = 0; i < prunings.size(); ++i) {
    Model pruned = model;
    const PruneReport report = prunings[i](pruned);
    EXPECT_EQ(outcomes[i].report.layers, report.layers) << i;
    EXPECT_EQ(counts_of(outcomes[i].confusion), counts_of_whole_network(pruned, images)) << i;
  }
  EXPECT_GT(outcomes[0].confusion.accuracy(), 0.8);
  EXPECT_LT(outcomes[5].confusion.accuracy(), outcomes[0].confusion.accuracy());
}

INSTANTIATE_TEST_SUITE_P(AnyLayer, FirstPrunedLayer,
                         testing::Values(std::vector<std::string>{"fc1"},
                                         std::vector<std::string>{"fc2"},
                                         std::vector<std::string>{"fc2", "fc1"},
                                         std::vector<std::string>{"conv1", "fc1"}));

TEST(PruningEvaluator, AWideFrontCostsNoMoreThanTheImages) {
  // conv1 leaves 64 x 32 x 32 activations, and to keep them for each image takes 21 times what the
  // image takes.
  Model model = make_model(make_chain("wide", {3, 32, 32},
                                      {{"conv1", Conv2d{64, 3, 3, 1, 1, 1, 1}},
                                       {"relu1", Relu{}},
                                       {"conv2", Conv2d{4, 5, 5, 4, 4, 2, 2}},
                                       {"fc1", FullyConnected{10}}}));
  initialise(model, 3);
  const ImageSet images = test::bright_squares({3, 32, 32}, 10, 20, 4);
  PruneOptions options;
  options.method = PruneMethod::magnitude;
  options.until = Sparsity{0.6};
  options.layers = {"conv2", "fc1"};
  const std::vector<Pruning> prunings{pruning_by(options)};
  const auto outcomes = PruningEvaluator(model, images, options.layers, 2).evaluate(prunings);
  prune(model, options);
  EXPECT_EQ(counts_of(outcomes[0].confusion), counts_of_whole_network(model, images));
}

TEST(PruningEvaluator, ThreadsDoNotChangeACount) {
  const Model model = test::trained_network();
  const ImageSet images = test_images();
  const std::vector<std::string> layers{"fc1"};
  const std::vector<Pruning> prunings = prunings_of(layers);
  const auto expected = PruningEvaluator(model, images, layers, 1).evaluate(prunings);
  for (const int threads : {2, 5}) {
    const auto outcomes = PruningEvaluator(model, images, layers, threads).evaluate(prunings);
    for (std::size_t i = 0; i < prunings.size(); ++i)
      EXPECT_EQ(counts_of(outcomes[i].confusion), counts_of(expected[i].confusion)) << i;
  }
}

TEST(PruningEvaluator, RefusesWhatItCouldNotSee) {
  const Model model = test::trained_network();
  const ImageSet images = test_images();
  const std::vector<std::string> fc2{"fc2"};
  PruningEvaluator evaluator(model, images, fc2, 1);
  EXPECT_THROW(evaluator.evaluate(prunings_of({"fc1"})), ArgumentError);
  const std::vector<std::string> relu{"relu1"};
  EXPECT_THROW(PruningEvaluator(model, images, relu, 1), ArgumentError);
  EXPECT_THROW(PruningEvaluator(model, images, {}, 1), ArgumentError);
}

}  // namespace
}  // namespace karnin
