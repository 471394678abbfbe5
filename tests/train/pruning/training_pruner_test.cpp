#include "train/pruning/training_pruner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

#include "runtime/core/error.h"
#include "tests/support/bright_squares.h"
#include "tests/support/small_network.h"
#include "train/loop/initialise.h"
#include "train/session/checkpoint.h"

namespace karnin {
namespace {

constexpr Extent kExtent{1, 14, 14};
constexpr std::int64_t kClasses = 4;
constexpr std::size_t kFc1 = 2;  // index of its weights

Model dense_model() {
  Model model = make_model(test::small_network(kExtent, kClasses));
  initialise(model, 1);
  return model;
}

const ImageSet& images() {
  static const ImageSet set = test::bright_squares(kExtent, kClasses, 128, 4);
  return set;
}

TrainOptions options_of(std::int64_t epochs) {
  TrainOptions options;
  options.epochs = epochs;
  options.batch = 16;
  options.schedule.learning_rate = 0.02;
  options.threads = 2;
  return options;
}

TrainingPruning pruning_to(double sparsity, Growth growth = Growth::none) {
  TrainingPruning pruning;
  pruning.choice.method = PruneMethod::magnitude;
  pruning.choice.until = Sparsity{sparsity};
  pruning.choice.layers = {"fc1"};
  pruning.growth = growth;
  return pruning;
}

/// A run that looks at the model after every step.
struct PrunedRun {
  PrunedRun(const TrainingPruning& pruning, std::int64_t epochs)
      : PrunedRun(pruning, options_of(epochs)) {}
  PrunedRun(const TrainingPruning& pruning, const TrainOptions& options)
      : trainer(model, images(), options), pruner(model, trainer, pruning, options.epochs) {
    trainer.follow(pruner);
  }

  template <typename Look>
  void run(std::int64_t epochs, const Look& look) {
    for (std::int64_t epoch = 0; epoch < epochs; ++epoch)
      trainer.run_epoch([&](const StepReport& step) {
        look((step.epoch - 1) * step.steps + step.step);
        return false;
      });
  }

  Model model = dense_model();
  Trainer trainer;
  TrainingPruner pruner;
};

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
      if (settled.empty()) settled = run.model.parameters[kFc1].mask;
      EXPECT_EQ(settled, run.model.parameters[kFc1].mask) << step;
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
    const Mask& now = run.model.parameters[kFc1].mask;
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
    delta.resize(model.parameters[kFc1].value.span().size());
  }
  void on_update(const WeightUpdate& update) noexcept override {
    if (update.parameter == kFc1) std::ranges::copy(update.delta, delta.begin() + update.offset);
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
    const Tensor hidden = run.pruner.state().hidden[kFc1];
    for (std::size_t i = 0; i < mask.size(); ++i) {
      const float kept_share = mask[i] == 0 ? 1 - 0.02F * 3 : 1;
      EXPECT_NEAR(hidden.span()[i], kept_share * before.span()[i] + steps.delta[i], 1e-6);
    }
    before = hidden;
    mask = run.model.parameters[kFc1].mask;
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

TrainingPruning rewinding(std::int64_t epoch) {
  TrainingPruning pruning = pruning_to(0.8);
  pruning.schedule = {.pace = PruningPace::rounds, .begin = 0.4, .rounds = 3};
  pruning.rewind_to = epoch;
  return pruning;
}

/// Five epochs of eight steps: prunings after 16, 24 and 32.
TEST(TrainingPruner, WeightsThatAreLeftGoBack) {
  for (const std::int64_t epoch : {0, 1, 2}) {
    PrunedRun run(rewinding(epoch), 5);
    Model early = run.model;
    run.run(5, [&](std::int64_t step) {
      if (step == 8 * epoch && step < 16) early = run.model;
      if (step != 16 && step != 24 && step != 32) return;
      if (epoch == 2 && step == 16) early = run.model;  // but for what is pruned there
      for (std::size_t p = 0; p < early.parameters.size(); ++p) {
        const Parameter& now = run.model.parameters[p];
        for (std::size_t i = 0; i < now.value.span().size(); ++i) {
          const bool kept = now.mask.empty() || now.mask[i] != 0;
          ASSERT_EQ(now.value.data()[i], kept ? early.parameters[p].value.data()[i] : 0);
        }
      }
      for (const auto& velocity : run.trainer.state().velocity)
        EXPECT_EQ(std::ranges::count(velocity, 0.0F), std::ssize(velocity));
    });
    EXPECT_NEAR(run.pruner.sparsity(), 0.8, 1e-3);
  }
}

TEST(TrainingPruner, SaysWhenItPutsOtherWeightsInPlace) {
  PrunedRun run(rewinding(0), 5);
  EXPECT_TRUE(run.pruner.state().early.empty());
  struct Starts : UpdateObserver {
    void on_start(const Model& /*model*/) override { steps.push_back(step); }
    void on_update(const WeightUpdate& /*update*/) noexcept override {}
    void on_step_end(const StepInfo& info) override { step = info.step; }
    void on_epoch_end(const Model& /*model*/) override {}
    std::int64_t step = 0;
    std::vector<std::int64_t> steps;
  } starts;
  run.trainer.attach(starts);
  run.run(5, [](std::int64_t) {});
  EXPECT_THAT(starts.steps, testing::ElementsAre(0, 16, 24, 32));
  EXPECT_TRUE(run.pruner.state().early.empty()) << "nothing goes back any more";
}

TEST(TrainingPruner, KeepsNothingToGoBackToWhereNothingIsToBePruned) {
  Model model = dense_model();
  prune(model, pruning_to(0.9).choice);
  Trainer trainer(model, images(), options_of(5));
  TrainingPruner pruner(model, trainer, rewinding(0), 5);
  trainer.follow(pruner);
  trainer.run_epoch();
  const TrainingPrunerState state = pruner.state();
  EXPECT_TRUE(state.early.empty());
  EXPECT_NO_THROW(pruner.restore(state, 8));
}

/// Saved in the middle of the second epoch, with everything that has a state.
TEST(TrainingPruner, ARunThatIsTakenUpAgainEndsTheSame) {
  TrainingPruning scored = pruning_to(0.8);
  scored.choice.method = PruneMethod::karnin_gradient_epoch;
  TrainingPruning late = rewinding(2);  // what to go back to is not known yet
  late.schedule.begin = 0.5;
  for (const TrainingPruning& pruning : {scored, pruning_to(0.8, Growth::gradient),
                                         pruning_to(0.8, Growth::feedback), rewinding(1), late}) {
    PrunedRun straight(pruning, 4);
    std::optional<Checkpoint> checkpoint;
    straight.run(4, [&](std::int64_t step) {
      if (step != 12) return;
      checkpoint = {straight.model, "{}", {}};
      put(straight.trainer.state(), *checkpoint);
      put(straight.pruner.state(), *checkpoint);
    });
    const Checkpoint saved = decode_checkpoint(encode_checkpoint(*checkpoint), "memory");
    Model model = saved.model;
    Trainer trainer(model, images(), options_of(4));
    TrainingPruner pruner(model, trainer, pruning, 4);
    trainer.follow(pruner);
    trainer.restore(trainer_state(saved));
    pruner.restore(pruner_state(saved), trainer_state(saved).steps_done);
    for (int epoch = 1; epoch < 4; ++epoch) trainer.run_epoch();
    EXPECT_EQ(model.parameters, straight.model.parameters);
  }
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
