// A run that was saved and taken up again, by way of the bytes of a checkpoint, ends as if nothing
// had happened: weights, losses and all that was recorded, to the bit.
#include "train/session/checkpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <optional>

#include "tests/support/bright_squares.h"
#include "tests/support/isa_level.h"
#include "tests/support/pruned_model.h"
#include "tests/support/small_network.h"
#include "train/loop/initialise.h"

namespace karnin {
namespace {

constexpr Extent kExtent{3, 14, 14};
constexpr std::int64_t kClasses = 5;
constexpr std::int64_t kImages = 100;

/// Everything that has a state: momentum, decay, a schedule, augmentation, dropout, masks.
TrainOptions options_of(std::int64_t batch) {
  TrainOptions options;
  options.epochs = 4;
  options.batch = batch;
  options.sgd = {0.9, 5e-4, true};
  options.schedule.kind = ScheduleKind::one_cycle;
  options.schedule.learning_rate = 0.02;
  options.augmentation = {true, 2};
  options.threads = 2;
  return options;
}

Model masked_model() {
  Model model = make_model(test::small_network(kExtent, kClasses, 0.25F));
  initialise(model, 1);
  test::prune_matrices(model, 0.3);
  return model;
}

struct Outcome {
  Model model;
  std::vector<double> losses;  ///< of every epoch, and at every step of it
  std::vector<Sensitivity> sensitivities;
  bool operator==(const Outcome&) const = default;
};

/// Trains to the end, or to step `stop` of the run, of which it then leaves the bytes.
class Session {
 public:
  Session(Outcome& outcome, const ImageSet& images, const TrainOptions& options)
      : outcome_(outcome), options_(options), trainer_(outcome.model, images, options) {
    trainer_.attach(recorder_);
  }

  void restore(const Checkpoint& checkpoint) {
    trainer_.restore(trainer_state(checkpoint));
    recorder_.restore(recorder_state(checkpoint));
    epochs_done_ = trainer_state(checkpoint).epochs_done;
  }

  std::optional<std::vector<std::uint8_t>> run(std::int64_t stop) {
    std::optional<std::vector<std::uint8_t>> bytes;
    for (; !bytes && epochs_done_ < options_.epochs; ++epochs_done_)
      trainer_.run_epoch([&](const StepReport& step) {
        outcome_.losses.push_back(step.loss);
        if ((step.epoch - 1) * step.steps + step.step == stop) bytes = save();
        return bytes.has_value();
      });
    outcome_.sensitivities = recorder_.sensitivities(outcome_.model);
    return bytes;
  }

 private:
  std::vector<std::uint8_t> save() const {
    Checkpoint checkpoint{outcome_.model, "{}", {}};
    put(trainer_.state(), checkpoint);
    put(recorder_.state(), checkpoint);
    return encode_checkpoint(checkpoint);
  }

  Outcome& outcome_;
  const TrainOptions options_;
  Trainer trainer_;
  SensitivityRecorder recorder_;
  std::int64_t epochs_done_ = 0;
};

Outcome straight(const ImageSet& images, const TrainOptions& options) {
  Outcome outcome{masked_model(), {}, {}};
  Session(outcome, images, options).run(-1);
  return outcome;
}

Outcome interrupted(const ImageSet& images, const TrainOptions& options,
                    const std::vector<std::int64_t>& stops) {
  Outcome outcome{masked_model(), {}, {}};
  auto bytes = Session(outcome, images, options).run(stops[0]);
  for (std::size_t i = 1; i <= stops.size(); ++i) {
    const Checkpoint checkpoint = decode_checkpoint(bytes.value(), "file");
    outcome.model = checkpoint.model;
    Session session(outcome, images, options);
    session.restore(checkpoint);
    bytes = session.run(i < stops.size() ? stops[i] : -1);
  }
  return outcome;
}

// 100 images: batches of 8 make 13 steps an epoch, the last of 4 images.
TEST(Checkpoint, AResumedRunEndsLikeAStraightOne) {
  const ImageSet images = test::bright_squares(kExtent, kClasses, kImages, 9);
  const Outcome expected = straight(images, options_of(8));
  for (const std::int64_t stop : {1, 6, 12, 13, 14, 26, 40, 51, 52})
    EXPECT_TRUE(interrupted(images, options_of(8), {stop}) == expected) << "step " << stop;
}

TEST(Checkpoint, ManyInterruptionsAreAsGoodAsOne) {
  const ImageSet images = test::bright_squares(kExtent, kClasses, kImages, 9);
  const Outcome expected = straight(images, options_of(8));
  EXPECT_TRUE(interrupted(images, options_of(8), {3, 4, 13, 20, 39, 50}) == expected);
}

// The recorder's blocks of 256 steps are in the middle of being summed up.
TEST(Checkpoint, HoldsBetweenTwoBlocksOfTheRecorder) {
  const ImageSet images = test::bright_squares(kExtent, kClasses, kImages, 9);
  const Outcome expected = straight(images, options_of(1));
  for (const std::int64_t stop : {255, 256, 257, 300})
    EXPECT_TRUE(interrupted(images, options_of(1), {stop}) == expected) << "step " << stop;
}

TEST(Checkpoint, ThreadsMayChangeAtTheInterruption) {
  const ImageSet images = test::bright_squares(kExtent, kClasses, kImages, 9);
  const Outcome expected = straight(images, options_of(8));
  TrainOptions options = options_of(8);
  options.threads = 3;
  EXPECT_TRUE(interrupted(images, options, {20}) == expected);
}

class CheckpointState : public testing::Test {
 protected:
  Checkpoint checkpoint_after(std::int64_t steps) {
    Outcome outcome{masked_model(), {}, {}};
    const auto bytes = Session(outcome, images, options_of(8)).run(steps);
    return decode_checkpoint(bytes.value(), "file");
  }

  /// Throws what taking up the run from there throws.
  void resume(const Checkpoint& checkpoint, std::int64_t batch) {
    Outcome outcome{checkpoint.model, {}, {}};
    Session(outcome, images, options_of(batch)).restore(checkpoint);
  }

  ImageSet images = test::bright_squares(kExtent, kClasses, kImages, 9);
};

TEST_F(CheckpointState, OfAnotherRunIsRefused) {
  const Checkpoint checkpoint = checkpoint_after(20);
  EXPECT_NO_THROW(resume(checkpoint, 8));
  EXPECT_THROW(resume(checkpoint, 16), ArgumentError);
}

TEST_F(CheckpointState, WithAnImpossibleCounterIsRefused) {
  const Checkpoint sound = checkpoint_after(20);
  for (std::size_t i = 0; i < 5; ++i)
    for (const std::uint64_t value :
         {std::uint64_t{101}, ~std::uint64_t{0}, ~std::uint64_t{0} / 2}) {
      Checkpoint forged = sound;
      std::get<2>(forged.arrays[0].values)[i] = value;
      EXPECT_THROW(resume(forged, 8), ArgumentError) << "counter " << i << ", " << value;
    }
}

TEST_F(CheckpointState, WithoutOneOfItsArraysIsRefused) {
  const Checkpoint sound = checkpoint_after(20);
  for (std::size_t i = 0; i < sound.arrays.size(); ++i) {
    Checkpoint forged = sound;
    forged.arrays.erase(forged.arrays.begin() + static_cast<std::ptrdiff_t>(i));
    EXPECT_THROW(resume(forged, 8), ArgumentError) << sound.arrays[i].name;
    forged = sound;
    std::visit([](auto& values) { values.push_back(0); }, forged.arrays[i].values);
    EXPECT_THROW(resume(forged, 8), ArgumentError) << sound.arrays[i].name;
  }
}

TEST_F(CheckpointState, WithNumbersThatAreNotFiniteIsRefused) {
  Checkpoint sound = checkpoint_after(20);
  BestEpoch best{1, 0.5, {}, {}};
  best.weights.take(sound.model);
  for (const std::string_view method : kSensitivityMethods)
    best.sensitivities.push_back({std::string(method), best.weights.values});
  std::erase_if(sound.arrays, [](const NumberArray& array) { return array.name == "best.epoch"; });
  put(best, sound);
  const auto take_up = [&](const Checkpoint& checkpoint) {
    best_epoch(checkpoint);
    resume(checkpoint, 8);
  };
  EXPECT_NO_THROW(take_up(sound));
  for (std::size_t i = 0; i < sound.arrays.size(); ++i) {
    Checkpoint forged = sound;
    if (std::holds_alternative<std::vector<std::uint64_t>>(forged.arrays[i].values)) continue;
    std::visit(
        [](auto& values) {
          values.back() = std::numeric_limits<std::decay_t<decltype(values.back())>>::quiet_NaN();
        },
        forged.arrays[i].values);
    EXPECT_THROW(take_up(forged), ArgumentError) << sound.arrays[i].name;
  }
}

TEST_F(CheckpointState, WhoseBestWeightsRevivePrunedOnesIsRefused) {
  Checkpoint forged = checkpoint_after(20);
  BestEpoch best{1, 0.5, {}, {}};
  best.weights.take(forged.model);
  for (Tensor& weights : best.weights.values) std::ranges::fill(weights.span(), 1.0F);
  std::erase_if(forged.arrays, [](const NumberArray& array) { return array.name == "best.epoch"; });
  put(best, forged);
  EXPECT_THROW(best_epoch(forged), ArgumentError);
}

TEST_F(CheckpointState, OfWeightsThatAreNotFiniteIsNotGiven) {
  Model model = masked_model();
  Trainer trainer(model, images, options_of(8));
  EXPECT_THROW(trainer.run_epoch([&](const StepReport&) {
    model.parameters.back().value.data()[0] = std::numeric_limits<float>::quiet_NaN();
    trainer.state();
    return false;
  }),
               Error);
}

}  // namespace
}  // namespace karnin
