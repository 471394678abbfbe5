// The paper's network against an independent float64 computation: 20 steps of batch 16, SGD with
// momentum 0.9 and decay 5e-4 at rate 0.05. A tensor agrees when no element is off by more than a
// share of the tensor's largest one, because that is what sums of float32 products promise.
#include "tests/support/golden.h"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

#include "runtime/program/program.h"
#include "tests/support/isa_level.h"
#include "train/loop/trainer.h"
#include "train/pruning/recorder.h"

namespace karnin {
namespace {

constexpr std::int64_t kBatch = 16;
constexpr std::int64_t kSteps = 20;

// A sum of n products rounds n times, by up to 2^-24 of what it has reached; the errors are as good
// as random, so they add up to sqrt(n) of them. The longest sums are those of the conv1 gradient:
// 16 images x 14 x 14 pooling windows, each of which lets one pixel through. sqrt(3136) x 2^-24.
constexpr double kOnePass = 3.3e-6;
// The loss moves at most twice as much as a logit, and these are below 0.16.
constexpr double kLoss = 2 * kOnePass * 0.16;
// Twenty steps round a weight twenty times. Their gradients' errors hardly count, being a share of
// what was learnt, which is a tenth or two of the weights here.
constexpr double kWeights = 20 * 0x1p-24;
// The recorded sums are of g dw and dw^2: two factors, each as good as a gradient.
constexpr double kSums = 2 * kOnePass;

// Among millions of pooling windows and ReLUs are some whose inputs are equal, or zero, to the last
// bit of a float: there float32 takes the other side of a kink than float64, and the gradient of
// one pixel goes to its neighbour. The activations stay the same, and so do the layers above. One
// such pixel moves the convolution weights by 3e-5 of the largest (and leaves conv2.bias exact,
// which does not care where the gradient goes); we allow for three, and in the sums, which know
// only what was learnt, for ten times as much.
constexpr double kWeightsWithKinks = 1e-4;
constexpr double kSumsWithKinks = 1e-3;

bool below_a_kink(const std::string& name) { return name.starts_with("conv"); }

double largest(std::span<const float> values) {
  double max = 0;
  for (const float value : values) max = std::max(max, std::abs(static_cast<double>(value)));
  return max;
}

void expect_close(std::span<const float> actual, std::span<const float> expected, double share,
                  const std::string& name) {
  ASSERT_EQ(actual.size(), expected.size()) << name;
  const double bound = share * largest(expected);
  double worst = 0;
  for (std::size_t i = 0; i < actual.size(); ++i)
    worst = std::max(worst, std::abs(static_cast<double>(actual[i]) - expected[i]));
  EXPECT_LE(worst, bound) << name << ": " << worst / largest(expected) << " of its largest";
}

ImageSet golden_image_set() {
  return {{3, 32, 32}, test::golden<std::uint8_t>("images"), test::golden<std::uint8_t>("labels")};
}

/// Keeps the gradients of the first step that it sees.
class FirstGradient : public UpdateObserver {
 public:
  void on_start(const Model& model) override {
    for (const Parameter& parameter : model.parameters)
      gradients.emplace_back(parameter.value.span().size());
  }
  void on_update(const WeightUpdate& update) noexcept override {
    if (seen_) return;
    std::ranges::copy(update.gradient, gradients[update.parameter].begin() + update.offset);
  }
  void on_step_end(const StepInfo& /*step*/) override { seen_ = true; }
  void on_epoch_end(const Model& /*model*/) override {}

  std::vector<std::vector<float>> gradients;

 private:
  bool seen_ = false;
};

/// The whole golden run, made once for all tests.
struct GoldenRun {
  GoldenRun() {
    TrainOptions options;
    options.epochs = 1;
    options.batch = kBatch;
    options.sgd = {0.9, 5e-4, false};
    options.schedule.learning_rate = 0.05;
    const ImageSet images = golden_image_set();
    Trainer trainer(model, images, options);
    trainer.attach(first);
    trainer.attach(recorder);
    std::vector<std::int64_t> indices(kBatch);
    for (std::int64_t step = 0; step < kSteps; ++step) {
      std::iota(indices.begin(), indices.end(), step * kBatch);
      losses.push_back(trainer.step(indices));
    }
  }

  Model model = test::golden_model();
  FirstGradient first;
  SensitivityRecorder recorder;
  std::vector<double> losses;
};

const GoldenRun& golden_run() {
  static const GoldenRun run;
  return run;
}

TEST(Golden, LogitsOfTheFirstBatch) {
  const Model model = test::golden_model();
  Program program(model.graph, {.images = kBatch, .purpose = Purpose::training, .fc_kernel = {}});
  std::vector<const float*> weights;
  for (const Parameter& parameter : model.parameters) weights.push_back(parameter.value.data());
  program.set_parameters(weights);
  Program::Worker worker(program);
  std::ranges::copy(test::golden_images(0), worker.input());
  worker.forward();
  expect_close({worker.logits(), kBatch * 10}, test::golden<float>("logits"), kOnePass, "logits");
}

TEST(Golden, GradientsOfTheFirstBatch) {
  const auto expected = test::golden_parameters("grad0");
  for (std::size_t p = 0; p < expected.size(); ++p)
    expect_close(golden_run().first.gradients[p], expected[p], kOnePass,
                 golden_run().model.parameters[p].name);
}

TEST(Golden, LossOfEveryStep) {
  std::ifstream file(std::string(KARNIN_GOLDEN_DIR) + "/khanal2018/manifest.json");
  const auto expected = nlohmann::json::parse(file).at("losses").get<std::vector<double>>();
  ASSERT_EQ(expected.size(), static_cast<std::size_t>(kSteps));
  for (std::size_t step = 0; step < expected.size(); ++step)
    EXPECT_NEAR(golden_run().losses[step], expected[step], kLoss) << step;
}

TEST(Golden, FinalWeights) {
  const auto expected = test::golden_parameters("final");
  for (std::size_t p = 0; p < expected.size(); ++p) {
    const std::string& name = golden_run().model.parameters[p].name;
    expect_close(golden_run().model.parameters[p].value.span(), expected[p],
                 below_a_kink(name) ? kWeightsWithKinks : kWeights, name);
  }
}

/// The recorded sum A of one weight, from S = A w_f / (w_f - w_i).
double recorded_sum(double s, double w_initial, double w_final) {
  return w_final == 0 ? 0 : s * (w_final - w_initial) / w_final;
}

/// What is compared is A. The factor w_f / (w_f - w_i) is as large as it likes where a weight ended
/// close to where it began, and multiplies whatever the weights are off by; they have a test of
/// their own. What remains of it is that the golden weights were rounded to float32 after S was
/// computed: up to 2^-24 of w_f and of w_i, which is a share of w_f - w_i.
void expect_sensitivities(const std::string& method, const std::string& prefix) {
  const GoldenRun& run = golden_run();
  const std::vector<Sensitivity> all = run.recorder.sensitivities(run.model);
  const auto actual = std::ranges::find(all, method, &Sensitivity::method);
  ASSERT_NE(actual, all.end());
  const auto expected = test::golden_parameters(prefix);
  const auto w_i = test::golden_parameters("init"), w_f = test::golden_parameters("final");
  for (std::size_t p = 0; p < expected.size(); ++p) {
    const Parameter& parameter = run.model.parameters[p];
    std::vector<double> sums, rounding;
    double largest_sum = 0;
    for (std::size_t i = 0; i < expected[p].size(); ++i) {
      const double initial = w_i[p][i], final = w_f[p][i];
      sums.push_back(recorded_sum(expected[p][i], initial, final));
      largest_sum = std::max(largest_sum, std::abs(sums[i]));
      rounding.push_back(0x1p-24 * (std::abs(initial) + std::abs(final)) /
                         std::abs(final - initial));
    }
    const double share = below_a_kink(parameter.name) ? kSumsWithKinks : kSums;
    for (std::size_t i = 0; i < sums.size(); ++i) {
      const float w_end = parameter.value.span()[i];
      // Back where it began, to the last bit of a float: S is 0, or anything, and tells nothing.
      if (w_f[p][i] == w_i[p][i] || w_end == w_i[p][i]) continue;
      const double sum = recorded_sum(actual->values[p].span()[i], w_i[p][i], w_end);
      ASSERT_NEAR(sum, sums[i], share * largest_sum + rounding[i] * std::abs(sums[i]))
          << prefix << " " << parameter.name << " at " << i;
    }
  }
}

TEST(Golden, KarninSensitivities) { expect_sensitivities("karnin", "karnin"); }
TEST(Golden, KarninSgdSensitivities) { expect_sensitivities("karnin-sgd", "karnin_sgd"); }

}  // namespace
}  // namespace karnin
