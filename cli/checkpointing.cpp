#include "cli/checkpointing.h"

#include <fmt/core.h>

#include <algorithm>
#include <iterator>
#include <limits>
#include <string_view>
#include <utility>

#include "cli/number.h"
#include "cli/output.h"
#include "formats/data/digest.h"
#include "runtime/core/cpu_isa.h"
#include "runtime/core/error.h"
#include "train/session/checkpoint.h"

namespace karnin::cli {
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

bool decides_only_last_bits(const std::string& key) { return key == "version" || key == "isa"; }

/// Names of files, and the digests that say what these are.
constexpr std::pair<std::string_view, const char*> kDigests[] = {{"data", "training_images_sha256"},
                                                                 {"arch", "architecture_sha256"},
                                                                 {"model", "model_sha256"},
                                                                 {"teacher", "teacher_sha256"}};

/// Whether the key is how something was spelled that is the same in both.
bool is_only_a_name(const std::string& key, const Json& saved, const Json& identity) {
  const auto found = std::ranges::find(kDigests, key, [](const auto& pair) { return pair.first; });
  return found != std::end(kDigests) && saved.contains(found->second) &&
         identity.contains(found->second) && saved[found->second] == identity[found->second];
}

std::string value_of(const Json& object, const std::string& key) {
  return object.contains(key) ? text_of(object[key]) : "not given";
}

}  // namespace

bool CheckpointInterval::due(const StepReport& step) const {
  if (count == 0) return false;
  if (epochs) return step.step == step.steps && step.epoch % count == 0;
  return ((step.epoch - 1) * step.steps + step.step) % count == 0;
}

CheckpointInterval checkpoint_interval_from_string(std::string_view text) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const std::string_view unit = text.substr(digits);
  const bool epochs = unit == "epoch" || unit == "epochs";
  if (!(epochs || unit.empty() || unit == "step" || unit == "steps"))
    throw ArgumentError(fmt::format(
        "--checkpoint-every: expected a whole number of steps or epochs such as 500, 500steps or "
        "2epochs, got '{}'",
        text));
  return {parse_number<std::int64_t>("--checkpoint-every", text.substr(0, digits),
                                     {0, std::numeric_limits<std::int64_t>::max()}),
          epochs};
}

std::string images_sha256(const ImageSet& images) {
  Digest digest(Digest::Algorithm::sha256);
  digest.update(images.pixels);
  digest.update(images.labels);
  return digest.finish();
}

Json run_identity(const Dataset& dataset) {
  return {{"version", KARNIN_VERSION},
          {"isa", to_string(active_isa())},
          {"data", dataset.name},
          {"note", dataset.note},
          {"training_images", dataset.train.size()},
          {"training_images_sha256", images_sha256(dataset.train)}};
}

std::string text_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::optional<Checkpoint> find_checkpoint(const std::filesystem::path& file) {
  std::error_code error;
  if (!std::filesystem::exists(file, error)) return std::nullopt;
  return read_checkpoint(file);
}

std::string differences(const std::string& run, const Json& identity) {
  Json saved = Json::parse(run, nullptr, false);
  if (!saved.is_object()) saved = Json::object();
  Json both = saved;
  both.update(identity);
  std::string differences;
  for (const auto& [key, ignored] : both.items()) {
    const std::string then = value_of(saved, key), now = value_of(identity, key);
    if (then == now || is_only_a_name(key, saved, identity)) continue;
    const std::string difference = fmt::format("{} was {}, is {}", key, then, now);
    if (decides_only_last_bits(key))
      tell("the last bits of the weights may change: " + difference + "\n");
    else
      differences += (differences.empty() ? "" : "; ") + difference;
  }
  return differences;
}

void require_same_run(const std::string& run, const Json& identity) {
  if (const std::string other = differences(run, identity); !other.empty())
    throw ArgumentError(
        fmt::format("--resume: what is there is of another run: {} ({})", other, kWaysOut));
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

void Checkpointing::restore(const Checkpoint& checkpoint) {
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
    tell(fmt::format("resuming in epoch {}, after {} steps\n", state.epochs_done + 1,
                     state.epoch.steps));
  } catch (const ArgumentError& error) {
    throw FileError(file_.string(), 0, error.what());
  }
}

}  // namespace karnin::cli
