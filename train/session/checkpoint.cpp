#include "train/session/checkpoint.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

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

template <typename T>
void put(std::string name, std::vector<T> values, Checkpoint& checkpoint) {
  checkpoint.arrays.push_back({std::move(name), std::move(values)});
}

/// of(p): a vector with an entry for each element of parameter p.
template <typename T, typename Of>
void put_elements(std::string name, std::size_t parameters, const Of& of, Checkpoint& checkpoint) {
  std::vector<T> all;
  for (std::size_t p = 0; p < parameters; ++p) all.insert(all.end(), of(p).begin(), of(p).end());
  put(std::move(name), std::move(all), checkpoint);
}

/// The inverse.
template <typename T, typename Of>
void take_elements(const std::string& name, const Checkpoint& checkpoint, const Of& of) {
  const Model& model = checkpoint.model;
  auto from = finite_numbers<T>(checkpoint, name, model.parameter_count());
  for (std::size_t p = 0; p < model.parameters.size(); ++p) {
    const auto own = from.first(static_cast<std::size_t>(model.parameters[p].value.size()));
    of(p).assign(own.begin(), own.end());
    from = from.subspan(own.size());
  }
}

/// Tensors in the shapes of the model's parameters.
void put_tensors(std::string name, const std::vector<Tensor>& tensors, Checkpoint& checkpoint) {
  const auto of = [&](std::size_t p) { return tensors[p].span(); };
  put_elements<float>(std::move(name), tensors.size(), of, checkpoint);
}

std::vector<Tensor> take_tensors(const std::string& name, const Checkpoint& checkpoint) {
  std::vector<std::vector<float>> values(checkpoint.model.parameters.size());
  take_elements<float>(name, checkpoint, [&](std::size_t p) -> auto& { return values[p]; });
  std::vector<Tensor> tensors;
  for (std::size_t p = 0; p < values.size(); ++p) {
    tensors.emplace_back(checkpoint.model.parameters[p].value.dims());
    std::ranges::copy(values[p], tensors.back().data());
  }
  return tensors;
}

void require_within(double number, double low, double high, const std::string& array) {
  if (number < low || number > high)
    throw ArgumentError("checkpoint: array '" + array + "': expected numbers from " +
                        std::to_string(low) + " to " + std::to_string(high));
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

template <typename T>
std::span<const T> finite_numbers(const Checkpoint& checkpoint, const std::string& name,
                                  std::int64_t count) {
  const auto numbers = checkpoint.numbers<T>(name, count);
  if (!std::ranges::all_of(numbers, [](T x) { return std::isfinite(x); }))
    throw ArgumentError("checkpoint: array '" + name + "': expected finite values");
  return numbers;
}

template std::span<const float> finite_numbers(const Checkpoint&, const std::string&, std::int64_t);
template std::span<const double> finite_numbers(const Checkpoint&, const std::string&,
                                                std::int64_t);

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
  put_tensors("best.weights", best.weights, checkpoint);
  for (const Sensitivity& sensitivity : best.sensitivities)
    put_tensors("best." + sensitivity.method, sensitivity.values, checkpoint);
}

void put(const TrainingPrunerState& state, Checkpoint& checkpoint) {
  put_recorder("window", state.window, checkpoint);
  put("pruner.sparsity", std::vector<double>{state.first_sparsity}, checkpoint);
  put("pruner.hidden", state.hidden, checkpoint);
  put("pruner.early", state.early, checkpoint);
}

void put(const WeightAverage::State& state, Checkpoint& checkpoint) {
  put("average.steps", std::vector<std::uint64_t>{static_cast<std::uint64_t>(state.steps)},
      checkpoint);
  const auto average = [&](std::size_t p) -> const auto& { return state.average[p]; };
  put_elements<float>("average", state.average.size(), average, checkpoint);
}

void put(const PruningSearchState& state, Checkpoint& checkpoint) {
  put("search.numbers",
      std::vector<double>{state.best, state.share, state.good, state.kept_accuracy,
                          static_cast<double>(state.waited), static_cast<double>(state.cooled)},
      checkpoint);
  put("search.weights", state.weights, checkpoint);
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
  best.weights = take_tensors("best.weights", checkpoint);
  for (std::size_t p = 0; p < best.weights.size(); ++p)
    require_pruned_stay_zero(checkpoint.model.parameters[p], best.weights[p]);
  for (const std::string_view method : kSensitivityMethods) {
    const std::string name(method);
    best.sensitivities.push_back({name, take_tensors("best." + name, checkpoint)});
  }
  return best;
}

TrainingPrunerState pruner_state(const Checkpoint& checkpoint) {
  const auto hidden = finite_numbers<float>(checkpoint, "pruner.hidden", -1);
  const auto early = finite_numbers<float>(checkpoint, "pruner.early", -1);
  const double sparsity = finite_numbers<double>(checkpoint, "pruner.sparsity", 1)[0];
  require_within(sparsity, 0, 1, "pruner.sparsity");
  return {sparsity,
          take_recorder("window", checkpoint),
          {hidden.begin(), hidden.end()},
          {early.begin(), early.end()}};
}

WeightAverage::State average_state(const Checkpoint& checkpoint) {
  WeightAverage::State state;
  const std::uint64_t steps = checkpoint.numbers<std::uint64_t>("average.steps", 1)[0];
  require_within(static_cast<double>(steps), 0, 1e15, "average.steps");
  state.steps = static_cast<std::int64_t>(steps);
  state.average.resize(checkpoint.model.parameters.size());
  take_elements<float>("average", checkpoint,
                       [&](std::size_t p) -> auto& { return state.average[p]; });
  return state;
}

PruningSearchState search_state(const Checkpoint& checkpoint) {
  const auto numbers = finite_numbers<double>(checkpoint, "search.numbers", 6);
  const auto weights = finite_numbers<float>(checkpoint, "search.weights", -1);
  if (!weights.empty())
    finite_numbers<float>(checkpoint, "search.weights", checkpoint.model.parameter_count());
  require_within(numbers[1], 0, 1, "search.numbers");
  require_within(numbers[2], -1, 1, "search.numbers");
  for (const std::size_t epochs : {4, 5})
    require_within(numbers[epochs], -1, 1e9, "search.numbers");
  if ((numbers[0] >= 0) == weights.empty())
    throw ArgumentError("checkpoint: array 'search.weights': expected those of the best network");
  return {numbers[0],
          numbers[1],
          numbers[2],
          numbers[3],
          static_cast<std::int64_t>(numbers[4]),
          static_cast<std::int64_t>(numbers[5]),
          {weights.begin(), weights.end()}};
}

}  // namespace karnin
