#include "train/session/options_json.h"

#include "train/masks/pruning_note.h"

namespace karnin {

nlohmann::ordered_json to_json(const TrainOptions& options) {
  const ScheduleOptions& schedule = options.schedule;
  nlohmann::ordered_json json{{"epochs", options.epochs},
                              {"batch", options.batch},
                              {"learning_rate", schedule.learning_rate},
                              {"schedule", to_string(schedule.kind)}};
  if (schedule.kind == ScheduleKind::step) {
    json["step_epochs"] = schedule.step_epochs;
    json["step_factor"] = schedule.step_factor;
  }
  if (schedule.kind == ScheduleKind::one_cycle) json["warmup"] = schedule.warmup;
  if (schedule.cycles != 1) json["cycles"] = schedule.cycles;
  json["momentum"] = options.sgd.momentum;
  json["nesterov"] = options.sgd.nesterov;
  json["weight_decay"] = options.sgd.weight_decay;
  json["flip"] = options.augmentation.flip;
  json["shift"] = options.augmentation.shift;
  if (options.loss != LossKind::cross_entropy) json["loss"] = to_string(options.loss);
  if (options.label_smoothing != 0) json["label_smoothing"] = options.label_smoothing;
  if (options.teacher) {
    json["teacher_share"] = options.teacher->share;
    json["temperature"] = options.teacher->temperature;
  }
  if (options.freeze_batch_norm) json["freeze_batch_norm"] = true;
  json["seed"] = options.seed;
  return json;
}

nlohmann::ordered_json to_json(const PruningSearchOptions& search) {
  return {{"max_accuracy_drop", 100 * search.max_drop}, {"cooldown", search.cooldown}};
}

nlohmann::ordered_json to_json(const TrainingPruning& pruning) {
  const PruningScheduleOptions& schedule = pruning.schedule;
  nlohmann::ordered_json json = to_json(pruning.choice);
  json["pace"] = to_string(schedule.pace);
  json["begin"] = schedule.begin;
  if (schedule.pace == PruningPace::rounds) {
    json["rounds"] = schedule.rounds;
    if (pruning.rewind_to) json["rewind"] = *pruning.rewind_to;
  } else {
    json["end"] = schedule.end;
    json["prunings_per_epoch"] = schedule.events_per_epoch;
  }
  json["regrow"] = to_string(pruning.growth);
  if (pruning.growth == Growth::gradient) json["regrow_share"] = pruning.growth_share;
  return json;
}

}  // namespace karnin
