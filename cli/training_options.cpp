#include "cli/training_options.h"

#include <algorithm>

#include "cli/verb.h"

namespace karnin::cli {
namespace {

void add_schedule_options(CLI::App& verb, ScheduleOptions& schedule) {
  verb.add_option("--lr", schedule.learning_rate, "Learning rate; the peak of one-cycle");
  add_choice(verb, "--schedule", schedule.kind, schedule_from_string, to_string(schedule.kind),
             "constant|step|one-cycle", "How the learning rate changes");
  verb.add_option("--step-epochs", schedule.step_epochs, "step: epochs between two changes");
  verb.add_option("--step-factor", schedule.step_factor, "step: factor of every change");
  verb.add_option("--warmup", schedule.warmup, "one-cycle: share of the run in which it rises");
}

}  // namespace

void add_training_options(CLI::App& verb, TrainingOptions& options) {
  TrainOptions& train = options.train;
  verb.add_option("--epochs", train.epochs, "Passes over the training images");
  verb.add_option("--batch", train.batch, "Images in one step");
  add_schedule_options(verb, train.schedule);
  verb.add_option("--momentum", train.sgd.momentum, "Momentum of the gradient descent");
  verb.add_flag("--nesterov", train.sgd.nesterov, "Nesterov's momentum");
  verb.add_option("--weight-decay", train.sgd.weight_decay, "L2 decay of all parameters");
  verb.add_option("--augment", options.augment,
                  "flip (left-right, half of the images), shift (by up to --shift pixels)")
      ->delimiter(',')
      ->type_name("flip,shift")
      ->check(CLI::IsMember({"flip", "shift"}));
  verb.add_option("--shift", options.shift, "Pixels of --augment shift")
      ->check(CLI::Range(1, 1024));
  verb.add_option("--seed", train.seed, "Seed of weights, order and augmentation")
      ->check(CLI::NonNegativeNumber);
}

TrainOptions resolve(const TrainingOptions& options, int threads) {
  TrainOptions train = options.train;
  const auto asked = [&](const char* name) {
    return std::ranges::find(options.augment, name) != options.augment.end();
  };
  train.augmentation = {asked("flip"), asked("shift") ? options.shift : 0};
  train.threads = threads;
  return train;
}

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
  json["momentum"] = options.sgd.momentum;
  json["nesterov"] = options.sgd.nesterov;
  json["weight_decay"] = options.sgd.weight_decay;
  json["flip"] = options.augmentation.flip;
  json["shift"] = options.augmentation.shift;
  json["seed"] = options.seed;
  return json;
}

}  // namespace karnin::cli
