#include "train/session/checkpointing.h"

#include <fmt/core.h>

#include <utility>
#include <vector>

#include "runtime/core/error.h"
#include "train/session/checkpoint.h"
#include "train/session/identity.h"

namespace karnin {
namespace {

using Json = nlohmann::ordered_json;

/// The array that a column of the log is in.
std::string column_array(const char* column) { return std::string("log.") + column; }

void put(const TrainingLog& log, Checkpoint& checkpoint) {
  for (const LogColumn& column : kLogColumns) {
    std::vector<double> values;
    for (const EpochRecord& epoch : log) values.push_back(epoch.*(column.value));
    checkpoint.arrays.push_back({column_array(column.name), std::move(values)});
  }
  for (const auto& [name, column] : kOptionalColumns) {
    std::vector<double> values;
    for (const EpochRecord& epoch : log)
      if (epoch.*column) values.push_back(*(epoch.*column));
    checkpoint.arrays.push_back({column_array(name), std::move(values)});
  }
}

TrainingLog training_log(const Checkpoint& checkpoint, std::int64_t epochs) {
  TrainingLog log(static_cast<std::size_t>(epochs));
  for (const LogColumn& column : kLogColumns) {
    const auto values = finite_numbers<double>(checkpoint, column_array(column.name), epochs);
    for (std::size_t i = 0; i < log.size(); ++i) log[i].*(column.value) = values[i];
  }
  for (const auto& [name, column] : kOptionalColumns) {
    const std::string array = column_array(name);
    if (checkpoint.numbers<double>(array).empty()) continue;
    const auto values = finite_numbers<double>(checkpoint, array, epochs);
    for (std::size_t i = 0; i < log.size(); ++i) log[i].*column = values[i];
  }
  for (std::size_t i = 0; i < log.size(); ++i) log[i].epoch = static_cast<std::int64_t>(i) + 1;
  return log;
}

}  // namespace

bool CheckpointInterval::due(const StepReport& step) const {
  if (count == 0) return false;
  if (epochs) return step.step == step.steps && step.epoch % count == 0;
  return ((step.epoch - 1) * step.steps + step.step) % count == 0;
}

std::optional<Checkpoint> find_checkpoint(const std::filesystem::path& file) {
  std::error_code error;
  if (!std::filesystem::exists(file, error)) return std::nullopt;
  return read_checkpoint(file);
}

Checkpointing::Checkpointing(std::filesystem::path file, OutputFiles& files, const Json& identity,
                             const Model& model, const RunningParts& parts)
    : file_(std::move(file)),
      files_(files),
      identity_(text_of(identity)),
      model_(model),
      parts_(parts) {}

void Checkpointing::save() {
  Checkpoint checkpoint{model_, identity_, {}};
  put(parts_.trainer.state(), checkpoint);
  put(parts_.recorder.state(), checkpoint);
  if (parts_.pruner) put(parts_.pruner->state(), checkpoint);
  if (parts_.search) put(parts_.search->state(), checkpoint);
  if (parts_.average) put(parts_.average->state(), checkpoint);
  put(parts_.early_stop.best(), checkpoint);
  put(parts_.log, checkpoint);
  files_.write(file_, encode_checkpoint(checkpoint));
  saved_ = true;
}

void Checkpointing::restore(const Checkpoint& checkpoint, const Watcher& watcher) {
  try {
    const TrainerState state = trainer_state(checkpoint);
    parts_.trainer.restore(state);
    parts_.recorder.restore(recorder_state(checkpoint));
    if (parts_.pruner) parts_.pruner->restore(pruner_state(checkpoint), state.steps_done);
    if (parts_.search) parts_.search->restore(search_state(checkpoint));
    if (parts_.average) parts_.average->restore(average_state(checkpoint));
    BestEpoch best = best_epoch(checkpoint);
    if (best.epoch < 0 || best.epoch > state.epochs_done)
      throw ArgumentError(fmt::format("checkpoint: best epoch: expected one of the {} done, got {}",
                                      state.epochs_done, best.epoch));
    parts_.early_stop.restore(std::move(best));
    parts_.log = training_log(checkpoint, state.epochs_done);
    saved_ = true;
    watcher.tell(fmt::format("resuming in epoch {}, after {} steps", state.epochs_done + 1,
                             state.epoch.steps));
  } catch (const ArgumentError& error) {
    throw FileError(file_.string(), 0, error.what());
  }
}

}  // namespace karnin
