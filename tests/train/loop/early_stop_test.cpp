#include "train/loop/early_stop.h"

#include <gtest/gtest.h>

#include "runtime/core/error.h"
#include "train/session/checkpoint.h"

namespace karnin {
namespace {

Model tiny_model(float weight) {
  Model model = make_model(make_chain("tiny", {3, 1, 1}, {{"fc1", FullyConnected{2}}}));
  for (Parameter& parameter : model.parameters)
    for (float& w : parameter.value.span()) w = weight;
  return model;
}

/// With sensitivities, as a run leaves it.
Model trained_model(float weight) {
  Model model = tiny_model(weight);
  SensitivityRecorder recorder;
  recorder.on_start(tiny_model(-1));
  model.sensitivities = recorder.sensitivities(model);
  return model;
}

/// Notes one accuracy after the other, at weights that say the epoch; the epoch that ended the run,
/// or 0.
std::int64_t stops_after(EarlyStop& stop, const std::vector<double>& accuracies) {
  for (std::size_t i = 0; i < accuracies.size(); ++i) {
    const auto epoch = static_cast<std::int64_t>(i) + 1;
    if (stop.note(epoch, accuracies[i], trained_model(static_cast<float>(epoch)))) return epoch;
  }
  return 0;
}

TEST(EarlyStop, WaitsAsLongAsItsPatience) {
  EarlyStop one(1), three(3);
  EXPECT_EQ(stops_after(one, {0.5, 0.6, 0.55, 0.7}), 3);
  EXPECT_EQ(stops_after(three, {0.5, 0.6, 0.55, 0.7, 0.6, 0.69, 0.7, 0.9}), 7);
  EXPECT_EQ(three.best().epoch, 4);
  EXPECT_EQ(three.best().accuracy, 0.7);
}

TEST(EarlyStop, NeverStopsWhatGetsBetter) {
  EarlyStop stop(1);
  EXPECT_EQ(stops_after(stop, {0.1, 0.2, 0.3, 0.4}), 0);
  EXPECT_EQ(stop.best().epoch, 4);
}

TEST(EarlyStop, OfEqualEpochsTheFirstIsTheBest) {
  EarlyStop stop(5);
  EXPECT_EQ(stops_after(stop, {0.0, 0.5, 0.5, 0.5}), 0);
  EXPECT_EQ(stop.best().epoch, 2);
}

TEST(EarlyStop, GivesBackTheBestWeightsAndTheirSensitivities) {
  EarlyStop stop(2);
  stops_after(stop, {0.5, 0.9, 0.3});
  Model model = tiny_model(3);
  apply(stop.best(), model);
  const Model expected = trained_model(2);
  EXPECT_EQ(model, expected);
  apply({}, model);
  EXPECT_EQ(model, expected) << "no epoch, no change";
}

TEST(EarlyStop, ItsBestSurvivesACheckpoint) {
  EarlyStop stop(2);
  for (const BestEpoch& best : {BestEpoch{}, (stops_after(stop, {0.5, 0.9}), stop.best())}) {
    Checkpoint checkpoint{tiny_model(1), "{}", {}};
    put(best, checkpoint);
    EXPECT_EQ(best_epoch(decode_checkpoint(encode_checkpoint(checkpoint), "file")), best);
  }
}

TEST(EarlyStop, RefusesNoPatience) {
  EXPECT_THROW(EarlyStop(0), ArgumentError);
  EXPECT_THROW(EarlyStop(-1), ArgumentError);
}

}  // namespace
}  // namespace karnin
