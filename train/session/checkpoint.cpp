#include "train/session/checkpoint.h"

#include <string>
#include <utility>

#include "train/session/arrays.h"

namespace karnin {
namespace {

using Track = RecorderState::Track;

/// visit(name behind the prefix, member) for every vector of a track.
template <typename Visit>
void for_each_member(const Visit& visit) {
  visit(".w_initial", &Track::w_initial);
  visit(".w_epoch", &Track::w_epoch);
  visit(".block_g_dw", &Track::block_g_dw);
  visit(".block_dw2", &Track::block_dw2);
  visit(".block_g", &Track::block_g);
  visit(".g_dw", &Track::g_dw);
  visit(".dw2", &Track::dw2);
  visit(".epoch_g", &Track::epoch_g);
  visit(".epochs_dw2", &Track::epochs_dw2);
  visit(".epochs_g_dw", &Track::epochs_g_dw);
  visit(".epochs_pseudocode", &Track::epochs_pseudocode);
  visit(".epochs_g_w", &Track::epochs_g_w);
}

void require_pruned_stay_zero(const Parameter& parameter, const Tensor& weights) {
  for (std::size_t i = 0; i < parameter.mask.size(); ++i)
    if (parameter.mask[i] == 0 && weights.span()[i] != 0)
      throw ArgumentError("checkpoint: array 'best.weights': expected 0 for what is pruned of '" +
                          parameter.name + "'");
}

template <typename Vector>
using ValueOf = typename Vector::value_type;

void put_recorder(const std::string& prefix, const RecorderState& state, Checkpoint& checkpoint) {
  put(prefix + ".counters",
      std::vector<std::uint64_t>{static_cast<std::uint64_t>(state.block_steps),
                                 static_cast<std::uint64_t>(state.epoch_steps)},
      checkpoint);
  put(prefix + ".rates", std::vector<double>{state.epoch_rate_sum}, checkpoint);
  for_each_member([&]<typename Vector>(const char* name, Vector Track::* member) {
    const auto of = [&](std::size_t p) -> const Vector& { return state.tracks[p].*member; };
    put_elements<ValueOf<Vector>>(prefix + name, state.tracks.size(), of, checkpoint);
  });
}

RecorderState take_recorder(const std::string& prefix, const Checkpoint& checkpoint) {
  RecorderState state;
  const auto counters = checkpoint.numbers<std::uint64_t>(prefix + ".counters", 2);
  state.block_steps = static_cast<std::int64_t>(counters[0]);
  state.epoch_steps = static_cast<std::int64_t>(counters[1]);
  state.epoch_rate_sum = finite_numbers<double>(checkpoint, prefix + ".rates", 1)[0];
  state.tracks.resize(checkpoint.model.parameters.size());
  for_each_member([&]<typename Vector>(const char* name, Vector Track::* member) {
    take_elements<ValueOf<Vector>>(prefix + name, checkpoint, [&](std::size_t p) -> Vector& {
      return state.tracks[p].*member;
    });
  });
  return state;
}

}  // namespace

void put(const TrainerState& state, Checkpoint& checkpoint) {
  std::vector<std::uint64_t> counters;
  for (const std::int64_t counter :
       {state.epochs_done, state.steps_done, state.epoch.steps, state.epoch.images,
        state.epoch.correct, state.cooldown_begin, state.cooldown_steps})
    counters.push_back(static_cast<std::uint64_t>(counter));
  put("trainer.counters", std::move(counters), checkpoint);
  put("trainer.loss", std::vector<double>{state.epoch.loss}, checkpoint);
  const auto velocity = [&](std::size_t p) -> const auto& { return state.velocity[p]; };
  put_elements<float>("velocity", state.velocity.size(), velocity, checkpoint);
}

void put(const RecorderState& state, Checkpoint& checkpoint) {
  put_recorder("recorder", state, checkpoint);
}

void put(const BestEpoch& best, Checkpoint& checkpoint) {
  put("best.epoch", std::vector<std::uint64_t>{static_cast<std::uint64_t>(best.epoch)}, checkpoint);
  if (best.epoch == 0) return;
  put("best.accuracy", std::vector<double>{best.accuracy}, checkpoint);
  put_tensors("best.weights", best.weights.values, checkpoint);
  for (const Sensitivity& sensitivity : best.sensitivities)
    put_tensors("best." + sensitivity.method, sensitivity.values, checkpoint);
}

void put(const TrainingPrunerState& state, Checkpoint& checkpoint) {
  put_recorder("window", state.window, checkpoint);
  put("pruner.sparsity", std::vector<double>{state.first_sparsity}, checkpoint);
  put_tensors("pruner.hidden", state.hidden, checkpoint);
  put_tensors("pruner.early", state.early, checkpoint);
}

void put(const WeightAverage::State& state, Checkpoint& checkpoint) {
  put("average.steps", std::vector<std::uint64_t>{static_cast<std::uint64_t>(state.steps)},
      checkpoint);
  put_tensors("average", state.average, checkpoint);
}

TrainerState trainer_state(const Checkpoint& checkpoint) {
  TrainerState state;
  const auto counters = checkpoint.numbers<std::uint64_t>("trainer.counters", 7);
  const auto counter = [&](std::size_t i) { return static_cast<std::int64_t>(counters[i]); };
  state.epochs_done = counter(0);
  state.steps_done = counter(1);
  state.epoch = {.steps = counter(2),
                 .images = counter(3),
                 .correct = counter(4),
                 .loss = finite_numbers<double>(checkpoint, "trainer.loss", 1)[0]};
  state.cooldown_begin = counter(5);
  state.cooldown_steps = counter(6);
  state.velocity.resize(checkpoint.model.parameters.size());
  take_elements<float>("velocity", checkpoint,
                       [&](std::size_t p) -> auto& { return state.velocity[p]; });
  return state;
}

RecorderState recorder_state(const Checkpoint& checkpoint) {
  return take_recorder("recorder", checkpoint);
}

BestEpoch best_epoch(const Checkpoint& checkpoint) {
  BestEpoch best;
  best.epoch = static_cast<std::int64_t>(checkpoint.numbers<std::uint64_t>("best.epoch", 1)[0]);
  if (best.epoch == 0) return best;
  best.accuracy = finite_numbers<double>(checkpoint, "best.accuracy", 1)[0];
  best.weights = snapshot_of(checkpoint.model);  // whose masks have not changed since
  best.weights.values = take_tensors("best.weights", checkpoint);
  for (std::size_t p = 0; p < best.weights.values.size(); ++p)
    require_pruned_stay_zero(checkpoint.model.parameters[p], best.weights.values[p]);
  for (const std::string_view method : kSensitivityMethods) {
    const std::string name(method);
    best.sensitivities.push_back({name, take_tensors("best." + name, checkpoint)});
  }
  return best;
}

TrainingPrunerState pruner_state(const Checkpoint& checkpoint) {
  const double sparsity = finite_numbers<double>(checkpoint, "pruner.sparsity", 1)[0];
  require_within(sparsity, 0, 1, "pruner.sparsity");
  return {sparsity, take_recorder("window", checkpoint),
          take_tensors_if_any("pruner.hidden", checkpoint),
          take_tensors_if_any("pruner.early", checkpoint)};
}

WeightAverage::State average_state(const Checkpoint& checkpoint) {
  WeightAverage::State state;
  const std::uint64_t steps = checkpoint.numbers<std::uint64_t>("average.steps", 1)[0];
  require_within(static_cast<double>(steps), 0, 1e15, "average.steps");
  state.steps = static_cast<std::int64_t>(steps);
  state.average = take_tensors("average", checkpoint);
  return state;
}

}  // namespace karnin
