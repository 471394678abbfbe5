#include "cli/training_options.h"

#include <fmt/core.h>

#include <algorithm>

#include "cli/name_list.h"
#include "cli/verb.h"
#include "formats/checkpoint_file.h"

namespace karnin::cli {
namespace {

constexpr double kDefaultTeacherShare = 0.5;

void add_schedule_options(CLI::App& verb, ScheduleOptions& schedule) {
  verb.add_option("--lr", schedule.learning_rate, "Learning rate; the peak of one-cycle");
  add_choice(verb, "--schedule", schedule.kind, schedule_from_string, to_string(schedule.kind),
             "constant|step|one-cycle", "How the learning rate changes");
  verb.add_option("--step-epochs", schedule.step_epochs, "step: epochs between two changes");
  verb.add_option("--step-factor", schedule.step_factor, "step: factor of every change");
  verb.add_option("--warmup", schedule.warmup, "one-cycle: share of a cycle in which it rises");
  verb.add_option("--cycles", schedule.cycles, "one-cycle: how many cycles the run has");
}

void add_loss_options(CLI::App& verb, TrainingOptions& options) {
  LossOptions& loss = options.train.loss;
  verb.add_option("--label-smoothing", loss.label_smoothing,
                  "Share of every label that is spread over all classes");
  auto* teacher = verb.add_option("--teacher", options.teacher,
                                  "Learn the answers of this model too (distillation)");
  verb.add_option_function<double>(
          "--teacher-share", [&options](double share) { options.teacher_share = share; },
          fmt::format("Share of the teacher in the loss, above 0; {} if it is not given",
                      kDefaultTeacherShare))
      ->needs(teacher);
  verb.add_option("--temperature", loss.temperature, "Of the teacher's answers")->needs(teacher);
}

}  // namespace

void add_training_options(CLI::App& verb, TrainingOptions& options, const std::string& epochs) {
  TrainOptions& train = options.train;
  verb.add_option(epochs, train.epochs, "Passes over the training images")
      ->check(CLI::Range(0, 1'000'000));
  verb.add_option("--batch", train.batch, "Images in one step");
  add_schedule_options(verb, train.schedule);
  add_loss_options(verb, options);
  verb.add_option("--momentum", train.sgd.momentum, "Momentum of the gradient descent");
  verb.add_flag("--nesterov", train.sgd.nesterov, "Nesterov's momentum");
  verb.add_option("--weight-decay", train.sgd.weight_decay, "L2 decay of all parameters");
  add_names(verb, "--augment", options.augment,
            "flip (left-right, half of the images), shift (by up to --shift pixels)",
            {"flip", "shift"})
      ->type_name("flip,shift");
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
  if (options.teacher.empty()) return train;
  train.teacher = std::make_shared<const Model>(read_model_or_checkpoint(options.teacher));
  train.loss.teacher_share = options.teacher_share.value_or(kDefaultTeacherShare);
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
  if (schedule.cycles != 1) json["cycles"] = schedule.cycles;
  json["momentum"] = options.sgd.momentum;
  json["nesterov"] = options.sgd.nesterov;
  json["weight_decay"] = options.sgd.weight_decay;
  json["flip"] = options.augmentation.flip;
  json["shift"] = options.augmentation.shift;
  if (options.loss.label_smoothing != 0) json["label_smoothing"] = options.loss.label_smoothing;
  if (options.teacher) {
    json["teacher_share"] = options.loss.teacher_share;
    json["temperature"] = options.loss.temperature;
  }
  json["seed"] = options.seed;
  return json;
}

}  // namespace karnin::cli
