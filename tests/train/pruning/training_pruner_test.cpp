#include "train/pruning/training_pruner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "runtime/core/error.h"
#include "tests/train/pruning/pruned_run.h"

namespace karnin {
namespace {

using test::dense_model;
using test::images;
using test::kPrunedFc1;
using test::options_of;
using test::PrunedRun;
using test::pruning_to;
using test::rewinding;

bool pruned_weights_are_zero(const Model& model) {
  for (const Parameter& parameter : model.parameters)
    for (std::size_t i = 0; i < parameter.mask.size(); ++i)
      if (parameter.mask[i] == 0 && parameter.value.data()[i] != 0) return false;
  return true;
}

TEST(TrainingPruner, ReachesTheSparsityAndKeepsIt) {
  for (const Growth growth : {Growth::none, Growth::gradient, Growth::feedback}) {
    PrunedRun run(pruning_to(0.8, growth), 5);
    double before = 0;
    Mask settled;
    run.run(5, [&](std::int64_t step) {
      EXPECT_TRUE(pruned_weights_are_zero(run.model)) << step;
      EXPECT_GE(run.pruner.sparsity(), before) << step;
      before = run.pruner.sparsity();
      if (!run.pruner.is_settled()) return;
      if (settled.empty()) settled = run.model.parameters[kPrunedFc1].mask;
      EXPECT_EQ(settled, run.model.parameters[kPrunedFc1].mask) << step;
    });
    EXPECT_NEAR(run.pruner.sparsity(), 0.8, 1e-3);
    EXPECT_FALSE(settled.empty());
    EXPECT_TRUE(run.model.parameters[0].mask.empty()) << "only fc1 was to be pruned";
  }
}

/// How often a weight of fc1 was pruned and came back.
std::int64_t returns(Growth growth) {
  PrunedRun run(pruning_to(0.8, growth), 5);
  Mask before;
  std::int64_t back = 0;
  run.run(5, [&](std::int64_t) {
    const Mask& now = run.model.parameters[kPrunedFc1].mask;
    for (std::size_t i = 0; i < before.size(); ++i) back += before[i] == 0 && now[i] == 1 ? 1 : 0;
    before = now;
  });
  return back;
}

TEST(TrainingPruner, WeightsComeBackOnlyIfTheyMay) {
  EXPECT_EQ(returns(Growth::none), 0);
  EXPECT_GT(returns(Growth::gradient), 10);
  EXPECT_GT(returns(Growth::feedback), 10);
}

TEST(TrainingPruner, FeedbackLeavesLayersAloneThatWereNotChosen) {
  PrunedRun run(pruning_to(0.8, Growth::feedback), 3);
  run.model.parameters[0].mask.assign(run.model.parameters[0].value.span().size(), 1);
  run.model.parameters[0].mask[3] = 0;
  run.model.parameters[0].value.data()[3] = 0;
  const Mask expected = run.model.parameters[0].mask;
  run.run(3, [&](std::int64_t) { EXPECT_TRUE(pruned_weights_are_zero(run.model)); });
  EXPECT_EQ(run.model.parameters[0].mask, expected);
}

/// What the optimizer did to the weights of fc1 in the last step.
struct Fc1Steps : UpdateObserver {
  void on_start(const Model& model) override {
    delta.resize(model.parameters[kPrunedFc1].value.span().size());
  }
  void on_update(const WeightUpdate& update) noexcept override {
    if (update.parameter == kPrunedFc1)
      std::ranges::copy(update.delta, delta.begin() + update.offset);
  }
  void on_step_end(const StepInfo& /*step*/) override {}
  void on_epoch_end(const Model& /*model*/) override {}
  std::vector<float> delta;
};

// Decay 0.3 and momentum 0.9 take 0.3 / (1 - 0.9) of a weight at rate 1.
TEST(TrainingPruner, WeightsOutOfSightDecay) {
  TrainingPruning pruning = pruning_to(0.8, Growth::feedback);
  pruning.schedule.pace = PruningPace::at_once;
  TrainOptions options = options_of(4);
  options.sgd.weight_decay = 0.3;
  PrunedRun run(pruning, options);
  Fc1Steps steps;
  run.trainer.attach(steps);
  Tensor before;
  Mask mask;
  run.run(1, [&](std::int64_t) {
    const Tensor hidden = run.pruner.state().hidden[kPrunedFc1];
    for (std::size_t i = 0; i < mask.size(); ++i) {
      const float kept_share = mask[i] == 0 ? 1 - 0.02F * 3 : 1;
      EXPECT_NEAR(hidden.span()[i], kept_share * before.span()[i] + steps.delta[i], 1e-6);
    }
    before = hidden;
    mask = run.model.parameters[kPrunedFc1].mask;
  });
}

TEST(TrainingPruner, AScoreIsThatOfTheStepsSinceTheLastPruning) {
  TrainingPruning pruning = pruning_to(0.5);
  pruning.choice.method = PruneMethod::karnin_gradient_epoch;
  pruning.schedule.end = 0.5;
  pruning.schedule.events_per_epoch = 1;
  PrunedRun run(pruning, 4);
  // By hand: a recorder that is begun anew where the second epoch begins, and asked where it ends,
  // before the pruner is.
  struct Window : SensitivityRecorder {
    explicit Window(const Model& m) : model(m) {}
    void on_step_end(const StepInfo& step) override {
      SensitivityRecorder::on_step_end(step);
      if (step.step != 16) return;
      expected = model;
      expected.sensitivities = sensitivities(model);
    }
    const Model& model;
    Model expected;
  } window(run.model);
  run.trainer.attach(window);
  run.run(1, [&](std::int64_t) {});
  window.on_start(run.model);
  run.run(1, [&](std::int64_t) {});
  Model expected = std::move(window.expected);
  prune(expected, pruning.choice);
  EXPECT_EQ(run.model.parameters, expected.parameters);
}

TEST(TrainingPruner, BeforeTheFirstStepItNeedsWhatWasRecordedBefore) {
  TrainingPruning pruning = pruning_to(0.5);
  pruning.choice.method = PruneMethod::karnin;
  pruning.schedule.pace = PruningPace::at_once;
  PrunedRun run(pruning, 2);
  EXPECT_THROW(run.trainer.run_epoch(), ArgumentError);
  pruning.choice.method = PruneMethod::magnitude;
  PrunedRun by_magnitude(pruning, 2);
  by_magnitude.run(1,
                   [&](std::int64_t) { EXPECT_NEAR(by_magnitude.pruner.sparsity(), 0.5, 1e-3); });
}

TEST(TrainingPruner, RefusesWhatMakesNoSense) {
  Model model = dense_model();
  Trainer trainer(model, images(), options_of(1));
  const auto refuses = [&](const TrainingPruning& pruning) {
    EXPECT_THROW(TrainingPruner(model, trainer, pruning, 1), ArgumentError);
  };
  refuses(pruning_to(1.5));
  TrainingPruning pruning = pruning_to(0.5);
  pruning.growth_share = -1;
  refuses(pruning);
  pruning = pruning_to(0.5);
  pruning.choice.layers = {"fc9"};
  refuses(pruning);
  pruning = pruning_to(0.5);
  pruning.choice.until = Threshold{0.5};
  refuses(pruning);
  EXPECT_THROW(growth_from_string("weeds"), ArgumentError);
  refuses(rewinding(-1));
  refuses(rewinding(1));  // pruning begins before
  pruning = rewinding(0);
  pruning.schedule.begin = 1;  // nothing is trained after it
  refuses(pruning);
  pruning = rewinding(0);
  pruning.growth = Growth::gradient;
  refuses(pruning);
  pruning = pruning_to(0.5);
  pruning.rewind_to = 0;
  refuses(pruning);
}

}  // namespace
}  // namespace karnin
