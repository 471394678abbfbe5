#include "runtime/engine/engine.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "tests/support/error_message.h"
#include "tests/support/golden.h"
#include "tests/support/isa_level.h"
#include "tests/support/pruned_model.h"

namespace karnin {
namespace {

using test::golden;
using test::golden_images;
using test::golden_model;
using test::prune_matrices;

constexpr std::size_t kImageFloats = 3 * 32 * 32;

// A logit is the end of sums of at most 400 float32 products a layer, of values around 1: the
// golden float64 logits are met to some tens of units in the last place.
constexpr double kTolerance = 2e-6;

double largest_difference(std::span<const float> a, std::span<const float> b) {
  double largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    largest = std::max(largest, std::abs(static_cast<double>(a[i]) - b[i]));
  return largest;
}

std::vector<float> logits_of(const Model& model, std::span<const float> images,
                             const EngineOptions& options) {
  Engine engine(model, options);
  std::vector<float> logits(images.size() / kImageFloats * 10);
  engine.run(images, logits);
  return logits;
}

class EngineBatch : public testing::TestWithParam<std::tuple<int, int>> {};

TEST_P(EngineBatch, GivesTheGoldenLogits) {
  const auto [batch, threads] = GetParam();
  const auto logits = logits_of(golden_model(), golden_images(0),
                                {.batch = batch, .threads = threads, .race = false});
  EXPECT_LT(largest_difference(logits, golden<float>("logits")), kTolerance);
}

INSTANTIATE_TEST_SUITE_P(ShardSizes, EngineBatch,
                         testing::Combine(testing::Values(1, 2, 3, 5, 7, 16, 33, 1000),
                                          testing::Values(1, 2, 3)));

TEST(Engine, EveryKernelGivesTheSameLogitsOfAPrunedNetwork) {
  Model model = golden_model();
  prune_matrices(model, 0.9);
  const auto images = golden_images(3);
  const auto expected = logits_of(model, images, {.batch = 16, .kernel = FcKernel::dense});
  for (const FcKernel kernel : {FcKernel::onednn, FcKernel::sparse_lanes, FcKernel::sparse_gather})
    for (const std::int64_t batch : {1, 6, 16})
      EXPECT_LT(largest_difference(logits_of(model, images, {.batch = batch, .kernel = kernel}),
                                   expected),
                kTolerance)
          << to_string(kernel) << " batch " << batch;
}

TEST(Engine, ACompactModelGivesTheSameLogits) {
  Model model = golden_model();
  prune_matrices(model, 0.7);
  CompactModel compact{model, {}};
  for (const Parameter& parameter : model.parameters)
    compact.parameters.push_back(compacted(parameter));
  const auto images = golden_images(2);
  for (const auto& domain : kAllDomains)
    for (const auto& [kernel, batch] : {std::pair{FcKernel::dense, 16},
                                        {FcKernel::onednn, 16},
                                        {FcKernel::sparse_lanes, 16},
                                        {FcKernel::sparse_gather, 1}}) {
      const EngineOptions options{.batch = batch, .kernel = kernel, .domain = domain};
      Engine engine(compact, options);
      std::vector<float> logits(images.size() / kImageFloats * 10);
      engine.run(images, logits);
      EXPECT_EQ(logits, logits_of(model, images, options));
      EXPECT_EQ(engine.profile().size(), Engine(model, options).profile().size());
    }
}

TEST(Engine, BothChainsGiveTheSameLogitsDenseAndPruned) {
  Model model = golden_model();
  const auto images = golden_images(2);
  for (const bool pruned : {false, true}) {
    if (pruned) {
      prune_matrices(model, 0.9);
      auto conv2 = model.parameters[2].value.span();
      for (std::size_t i = 0; i < conv2.size(); i += 2) conv2[i] = 0.0F;
    }
    const auto expected = logits_of(model, images, {.batch = 16, .domain = Domain::onednn});
    for (const std::int64_t batch : {1, 5, 8, 11, 16})
      EXPECT_LT(largest_difference(
                    logits_of(model, images, {.batch = batch, .domain = Domain::lanes}), expected),
                kTolerance)
          << "batch " << batch;
  }
}

TEST(Engine, RunsAnyCountWhateverTheBatchWas) {
  const auto images = golden_images(1);
  const auto all = logits_of(golden_model(), images, {.batch = 16, .threads = 2, .race = false});
  Engine engine(golden_model(), {.batch = 16, .threads = 2, .race = false});
  for (const std::size_t count : {0U, 1U, 7U, 9U, 15U}) {
    std::vector<float> logits(count * 10);
    engine.run(std::span(images).first(count * kImageFloats), logits);
    EXPECT_LT(largest_difference(logits, all), kTolerance) << count;
  }
}

TEST(Engine, ThreadsDoNotChangeABit) {
  const auto images = golden_images(2);
  for (const std::int64_t batch : {1, 4, 7, 16, 40}) {
    const EngineOptions options{.batch = batch, .threads = 1, .race = false};
    const auto expected = logits_of(golden_model(), images, options);
    for (const int threads : {2, 3, 5})
      EXPECT_EQ(
          logits_of(golden_model(), images, {.batch = batch, .threads = threads, .race = false}),
          expected)
          << "batch " << batch << ", " << threads << " threads";
  }
}

TEST(Engine, ProfilesEveryLayer) {
  Model model = golden_model();
  prune_matrices(model, 0.5);
  Engine engine(model, {.batch = 16, .threads = 2});
  std::vector<float> logits(160);
  engine.set_profiling(true);
  engine.run(golden_images(0), logits);
  std::int64_t parameters = 0, nonzero = 0;
  for (const LayerProfile& layer : engine.profile()) {
    EXPECT_GE(layer.microseconds, 0.0) << layer.name;
    EXPECT_FALSE(layer.kernel.empty()) << layer.name;
    parameters += layer.parameters;
    nonzero += layer.nonzero;
  }
  EXPECT_EQ(parameters, model.parameter_count());
  EXPECT_EQ(nonzero, model.nonzero_count());
  EXPECT_THAT(engine.profile(),
              testing::Contains(testing::Field(&LayerProfile::microseconds, testing::Gt(0.0))));
}

/// A layer that took in what came behind it has the parameters of both.
TEST(Engine, ProfilesCountNormalisationWhereItWent) {
  Model model = make_model(
      make_chain("n", {2, 3, 3},
                 {{"conv", Conv2d{4, 3, 3}}, {"norm", BatchNorm{}}, {"affine", ChannelAffine{}}}));
  for (Parameter& parameter : model.parameters) std::ranges::fill(parameter.value.span(), 1.0F);
  const Engine engine(model, {.threads = 1});
  const std::vector<LayerProfile> layers = engine.profile();
  std::int64_t parameters = 0;
  for (const LayerProfile& layer : layers) parameters += layer.parameters;
  EXPECT_EQ(parameters, model.parameter_count());
  EXPECT_EQ(std::ranges::count(layers, "norm", &LayerProfile::name), 0);
}

TEST(Engine, RefusesWhatDoesNotFit) {
  EXPECT_THROW(Engine(golden_model(), {.batch = 0}), ArgumentError);
  EXPECT_THROW(Engine(golden_model(), {.threads = -2}), ArgumentError);
  Engine engine(golden_model(), {.batch = 1, .race = false});
  std::vector<float> image(kImageFloats), logits(10), short_logits(9);
  EXPECT_THROW(engine.run(image, short_logits), ArgumentError);
  EXPECT_THROW(engine.run(std::span(image).first(5), logits), ArgumentError);
  Model broken = golden_model();
  broken.parameters.pop_back();
  EXPECT_THROW(Engine(broken, {}), ShapeError);
}

TEST(Engine, ALoaderThatThrowsEndsTheRun) {
  Engine engine(golden_model(), {.batch = 16, .threads = 2, .race = false});
  std::vector<float> logits(160);
  const auto loader = [](std::int64_t, std::int64_t, float*) { throw FileError("x", 3, "gone"); };
  EXPECT_THROW(engine.run(16, loader, logits), FileError);
}

/// Every weight in turn carries what overflows from its layer's input to its output. One image, and
/// many in lanes; in the first shard and in the last.
TEST(Engine, NamesTheLayerWhoseOutputOverflows) {
  const Model sound = golden_model();
  const auto images = golden_images(3);
  for (std::size_t p = 0; p < sound.parameters.size(); ++p) {
    Model model = sound;
    const std::string& name = sound.parameters[p].name;
    const bool weights = name.ends_with(".weight") && !name.starts_with("conv1");
    const auto value =
        weights ? std::numeric_limits<float>::max() : std::numeric_limits<float>::infinity();
    std::ranges::fill(model.parameters[p].value.span(), value);
    for (const int batch : {1, 5, 64})
      for (const int threads : {1, 3})
        EXPECT_THAT(test::error_message<NonFiniteError>([&] {
                      logits_of(model, images, {.batch = batch, .threads = threads, .race = false});
                    }),
                    testing::HasSubstr("expected finite logits, got the first infinity or NaN in "
                                       "the output of " +
                                       name.substr(0, name.find('.'))))
            << name << ", batch " << batch;
  }
}

TEST(Engine, FindsTheOneImageThatIsNotFinite) {
  auto images = golden_images(0);
  Engine engine(golden_model(), {.batch = 4, .threads = 2, .race = false});
  const std::size_t count = images.size() / kImageFloats;
  std::vector<float> logits(count * 10);
  for (const std::size_t image : {std::size_t{0}, count / 2, count - 1}) {
    float& pixel = images[image * kImageFloats + 300];
    const float before = std::exchange(pixel, std::numeric_limits<float>::infinity());
    EXPECT_THAT(test::error_message<NonFiniteError>([&] { engine.run(images, logits); }),
                testing::HasSubstr("in the images"));
    pixel = before;
    EXPECT_NO_THROW(engine.run(images, logits));
  }
}

}  // namespace
}  // namespace karnin
