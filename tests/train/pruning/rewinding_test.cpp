// Prunings that put earlier weights back in place, and runs that are taken up again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

#include "tests/train/pruning/pruned_run.h"
#include "train/session/checkpoint.h"

namespace karnin {
namespace {

using test::dense_model;
using test::images;
using test::options_of;
using test::PrunedRun;
using test::pruning_to;
using test::rewinding;

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

}  // namespace
}  // namespace karnin
