#include "train/pruning/gradient_scores.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "runtime/core/counter_rng.h"
#include "runtime/core/error.h"

namespace karnin {
namespace {

constexpr std::int64_t kPixels = 6;
constexpr std::int64_t kClasses = 3;

/// Softmax regression: its gradients can be written down.
Model regression() {
  Model model = make_model(make_chain("n", {1, 2, 3}, {{"fc", FullyConnected{kClasses}}}));
  CounterRng rng(5);
  for (float& w : model.parameters[0].value.span()) w = static_cast<float>(rng.uniform() - 0.5);
  return model;
}

ImageSet noise(std::int64_t count) {
  ImageSet set;
  set.extent = {1, 2, 3};
  CounterRng rng(7);
  for (std::int64_t i = 0; i < count; ++i) {
    for (std::int64_t p = 0; p < kPixels; ++p)
      set.pixels.push_back(static_cast<std::uint8_t>(rng.below(256)));
    set.labels.push_back(static_cast<std::uint8_t>(i % kClasses));
  }
  return set;
}

/// (softmax - onehot) x pixel of one image, for every weight.
std::vector<double> gradient_of(const Model& model, const ImageSet& images, std::int64_t image) {
  const float* weights = model.parameters[0].value.data();
  std::vector<double> x, p(kClasses, 0), g;
  for (std::int64_t i = 0; i < kPixels; ++i) x.push_back(images.image(image)[i] / 255.0);
  double sum = 0;
  for (std::int64_t c = 0; c < kClasses; ++c) {
    for (std::int64_t i = 0; i < kPixels; ++i)
      p[static_cast<std::size_t>(c)] +=
          double{weights[c * kPixels + i]} * x[static_cast<std::size_t>(i)];
    p[static_cast<std::size_t>(c)] = std::exp(p[static_cast<std::size_t>(c)]);
    sum += p[static_cast<std::size_t>(c)];
  }
  for (std::int64_t c = 0; c < kClasses; ++c)
    for (std::int64_t i = 0; i < kPixels; ++i) {
      const double target = images.labels[static_cast<std::size_t>(image)] == c ? 1 : 0;
      g.push_back((p[static_cast<std::size_t>(c)] / sum - target) * x[static_cast<std::size_t>(i)]);
    }
  return g;
}

TEST(GradientScores, AreThoseOfSoftmaxRegression) {
  Model model = regression();
  model.preprocess = {{0}, {1}};
  const ImageSet images = noise(10);
  const auto scores = gradient_scores(model, images, {});
  ASSERT_EQ(scores.size(), 2U);
  EXPECT_EQ(scores[0].method, "taylor");
  EXPECT_EQ(scores[1].method, "fisher");
  std::vector<double> g(kPixels * kClasses, 0), g2 = g;
  for (std::int64_t image = 0; image < 10; ++image) {
    const std::vector<double> own = gradient_of(model, images, image);
    for (std::size_t i = 0; i < own.size(); ++i) g[i] += own[i] / 10, g2[i] += own[i] * own[i] / 10;
  }
  for (std::size_t i = 0; i < g.size(); ++i) {
    const double w = model.parameters[0].value.data()[i];
    EXPECT_NEAR(scores[0].values[0].data()[i], std::abs(g[i] * w), 1e-6);
    EXPECT_NEAR(scores[1].values[0].data()[i], g2[i] * w * w / 2, 1e-6);
  }
}

TEST(GradientScores, LookAtAsManyImagesAsTheyAreTold) {
  const Model model = regression();
  const ImageSet images = noise(30);
  const auto all = gradient_scores(model, images, {30, 1});
  EXPECT_EQ(gradient_scores(model, images, {31, 2}), all)
      << "the seed draws from more than there are";
  EXPECT_NE(gradient_scores(model, images, {5, 1}), all);
  EXPECT_NE(gradient_scores(model, images, {5, 1}), gradient_scores(model, images, {5, 2}));
}

TEST(GradientScores, NoUnitDropsOut) {
  Model model = make_model(
      make_chain("n", {1, 2, 3}, {{"dropout", Dropout{0.5F}}, {"fc", FullyConnected{kClasses}}}));
  std::ranges::fill(model.parameters[0].value.span(), 0.25F);
  for (const Sensitivity& scores : gradient_scores(model, noise(20), {}))
    EXPECT_THAT(scores.values[0].span(), testing::Each(testing::Gt(0.0F))) << scores.method;
}

TEST(GradientScores, AreAddedToTheModelOnce) {
  Model model = regression();
  for (int time = 0; time < 2; ++time) add_gradient_scores(model, noise(3), {});
  EXPECT_EQ(model.sensitivities.size(), 2U);
}

TEST(GradientScores, RefuseImagesThatDoNotFit) {
  ImageSet images = noise(3);
  EXPECT_THROW(gradient_scores(regression(), images, {0, 1}), ArgumentError);
  images.labels[1] = kClasses;
  EXPECT_THROW(gradient_scores(regression(), images, {}), ShapeError);
  EXPECT_THROW(gradient_scores(regression(), ImageSet{}, {}), ArgumentError);
}

}  // namespace
}  // namespace karnin
