// What the trainer tells those who watch it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <mutex>
#include <numeric>

#include "runtime/core/error.h"
#include "tests/support/pruned_model.h"
#include "tests/support/squares_training.h"

namespace karnin {
namespace {

/// Writes down the order of the calls, and adds up what the updates say.
class Witness : public UpdateObserver {
 public:
  void on_start(const Model& model) override {
    calls += 's';
    for (const Parameter& parameter : model.parameters)
      told.emplace_back(parameter.value.span().begin(), parameter.value.span().end());
  }
  void on_update(const WeightUpdate& update) noexcept override {
    const std::lock_guard lock(mutex_);
    elements += static_cast<std::int64_t>(update.delta.size());
    for (std::size_t i = 0; i < update.delta.size(); ++i)
      told[update.parameter][static_cast<std::size_t>(update.offset) + i] += update.delta[i];
  }
  void on_step_end(const StepInfo& /*step*/) override { calls += '.'; }
  void on_epoch_end(const Model& /*model*/) override { calls += 'e'; }

  std::string calls;
  std::int64_t elements = 0;
  std::vector<std::vector<float>> told;

 private:
  std::mutex mutex_;
};

TEST(TrainerObserver, TellsItsObserversEveryUpdateOnce) {
  Model model = test::squares_model();
  const ImageSet images = test::squares(20);
  Trainer trainer(model, images, test::squares_options(8, 0.05));
  Witness first, second;
  trainer.attach(first);
  trainer.attach(second);
  trainer.run_epoch();
  trainer.run_epoch();
  EXPECT_EQ(first.calls, "s...e...e");
  EXPECT_EQ(second.calls, first.calls);
  EXPECT_EQ(first.elements, 6 * model.parameter_count());
  // delta is the exact difference of two neighbouring floats, so that their sum loses nothing but
  // the roundings of six additions to a weight below 1.
  for (std::size_t p = 0; p < model.parameters.size(); ++p)
    for (std::size_t i = 0; i < first.told[p].size(); ++i)
      ASSERT_NEAR(first.told[p][i], model.parameters[p].value.span()[i], 6 * 0x1p-24);
}

/// Writes down what it is told and asked between the calls of a witness.
struct Steps : UpdateObserver, WeightPolicy {
  void on_start(const Model& /*model*/) override { calls += 's'; }
  void before_run(TrainedWeights& /*weights*/) override { calls += 'b'; }
  void on_update(const WeightUpdate& /*update*/) noexcept override {}
  void after_update(const StepInfo& /*step*/, Model& /*model*/) override { calls += 'a'; }
  void on_step_end(const StepInfo& step) override {
    calls += '.';
    steps.push_back(step.step);
    epochs.push_back(step.epoch);
    rates.push_back(step.learning_rate);
  }
  bool between_steps(const StepInfo& step, TrainedWeights& /*weights*/) override {
    calls += '?';
    return step.step == 3;
  }
  bool wants_pruned_gradients() const override { return false; }
  void on_epoch_end(const Model& /*model*/) override { calls += 'e'; }

  std::string calls;
  std::vector<std::int64_t> steps, epochs;
  std::vector<double> rates;
};

TEST(TrainerObserver, SaysWhichStepItWasAndAsksThePolicyInBetween) {
  Model model = test::squares_model();
  const ImageSet images = test::squares(16);
  TrainOptions options = test::squares_options(8, 0.05);
  options.schedule.kind = ScheduleKind::step;
  options.schedule.step_epochs = 1;
  Trainer trainer(model, images, options);
  Steps steps;
  trainer.attach(steps);
  trainer.follow(steps);
  trainer.run_epoch();
  trainer.run_epoch();
  EXPECT_EQ(steps.calls, "sba.?a.?ea.?sa.?e") << "after step 3 the run goes on from elsewhere";
  EXPECT_THAT(steps.steps, testing::ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(steps.epochs, testing::ElementsAre(1, 1, 2, 2));
  EXPECT_THAT(steps.rates, testing::ElementsAre(0.05, 0.05, 0.05 * 0.1, 0.05 * 0.1));
}

TEST(TrainerObserver, GradientsForObserversAreWithoutDecay) {
  struct Gradients : UpdateObserver {
    void on_start(const Model& /*model*/) override {}
    void on_update(const WeightUpdate& update) noexcept override {
      const std::lock_guard lock(mutex);
      sum += std::accumulate(update.gradient.begin(), update.gradient.end(), 0.0);
    }
    void on_step_end(const StepInfo& /*step*/) override {}
    void on_epoch_end(const Model& /*model*/) override {}
    std::mutex mutex;
    double sum = 0;
  };
  const ImageSet images = test::squares(8);
  const std::vector<std::int64_t> all{0, 1, 2, 3, 4, 5, 6, 7};
  double sums[2];
  for (const bool decay : {false, true}) {
    Model model = test::squares_model();
    TrainOptions options = test::squares_options(8, 0.05);
    options.threads = 1;  // sums in the same order
    options.sgd.weight_decay = decay ? 0.5 : 0;
    Trainer trainer(model, images, options);
    Gradients gradients;
    trainer.attach(gradients);
    trainer.step(all);
    sums[decay] = gradients.sum;
  }
  EXPECT_EQ(sums[0], sums[1]);
}

/// Those of the last step.
struct SeenGradients : UpdateObserver {
  void on_start(const Model& model) override {
    for (const Parameter& parameter : model.parameters)
      seen.emplace_back(parameter.value.span().size());
  }
  void on_update(const WeightUpdate& update) noexcept override {
    std::ranges::copy(update.gradient, seen[update.parameter].begin() + update.offset);
  }
  void on_step_end(const StepInfo& /*step*/) override {}
  void on_epoch_end(const Model& /*model*/) override {}
  std::vector<std::vector<float>> seen;
};

TEST(TrainerObserver, ObserversMaySeeTheGradientsOfOtherImages) {
  const ImageSet images = test::squares(40);
  const ImageSet other = test::bright_squares(test::kSquares, test::kSquareClasses, 1, 9);
  const std::vector<std::int64_t> batch{3, 1, 2, 7};
  Model plain = test::squares_model(), observed = test::squares_model(),
        own = test::squares_model();
  for (Model* model : {&plain, &observed, &own}) test::prune_matrices(*model, 0.9);
  Trainer(plain, images, test::squares_options(4, 0.02)).step(batch);

  SeenGradients seen, expected;
  Trainer trainer(observed, images, test::squares_options(4, 0.02));
  trainer.attach(seen);
  trainer.observe_on(other);
  trainer.step(batch);
  EXPECT_EQ(observed.parameters, plain.parameters) << "they do not change what is learnt";

  Trainer other_trainer(own, other, test::squares_options(1, 0.02));
  other_trainer.attach(expected);
  const std::vector<std::int64_t> four(4, 0);  // the only image, as often as a batch has images
  other_trainer.step(four);
  EXPECT_EQ(seen.seen, expected.seen);
  EXPECT_THROW(trainer.observe_on(ImageSet{}), ArgumentError);
}

/// Remembers what the gradients of pruned weights were.
struct PrunedGradients : UpdateObserver {
  PrunedGradients(const Model& m, bool w) : model(m), wants(w) {}
  void on_start(const Model& /*model*/) override {}
  void on_update(const WeightUpdate& update) noexcept override {
    const Mask& mask = model.parameters[update.parameter].mask;
    const std::lock_guard lock(mutex);
    for (std::size_t i = 0; !mask.empty() && i < update.gradient.size(); ++i)
      (mask[static_cast<std::size_t>(update.offset) + i] == 0 ? pruned : kept) +=
          std::abs(update.gradient[i]);
  }
  bool wants_pruned_gradients() const override { return wants; }
  void on_step_end(const StepInfo& /*step*/) override {}
  void on_epoch_end(const Model& /*model*/) override {}
  const Model& model;
  std::mutex mutex;
  bool wants;
  double pruned = 0, kept = 0;
};

/// Lets pruned weights be updated, and changes nothing.
struct Release : WeightPolicy {
  void on_update(const WeightUpdate& /*update*/) noexcept override {}
  void after_update(const StepInfo& /*step*/, Model& /*model*/) override {}
  bool holds_masks() const override { return holds; }
  bool holds = true;
};

TEST(TrainerObserver, ComputesGradientsOfPrunedWeightsForThoseWhoWantThem) {
  const ImageSet images = test::squares(64);
  for (const std::int64_t batch : {4, 64}) {  // in small shards, and with images in the lanes
    Model model = test::squares_model();
    test::prune_matrices(model, 0.9);
    Trainer trainer(model, images, test::squares_options(batch, 0.01));
    PrunedGradients gradients(model, false);
    trainer.attach(gradients);
    Release release;
    trainer.follow(release);
    trainer.run_epoch();
    EXPECT_EQ(gradients.pruned, 0);
    EXPECT_GT(gradients.kept, 0);
    gradients.wants = true;
    trainer.run_epoch();
    EXPECT_GT(gradients.pruned, 0);
    release.holds = false;
    gradients.wants = false;
    gradients.pruned = 0;
    trainer.run_epoch();
    EXPECT_GT(gradients.pruned, 0) << "they are updated as all others";
  }
}

}  // namespace
}  // namespace karnin
