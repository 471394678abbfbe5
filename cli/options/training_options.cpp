#include "cli/options/training_options.h"

#include <fmt/core.h>

#include <algorithm>
#include <limits>

#include "cli/options/name_list.h"
#include "cli/options/number_option.h"
#include "formats/exchange/any_model.h"

namespace karnin::cli {
namespace {

constexpr double kDefaultTeacherShare = 0.5;
constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

void add_schedule_options(Verb& verb, ScheduleOptions& schedule) {
  add_number(verb, "--lr", schedule.learning_rate, kPositive,
             "Learning rate; the peak of one-cycle");
  add_choice(verb, "--schedule", schedule.kind, schedule_from_string, to_string(schedule.kind),
             "constant|step|one-cycle", "How the learning rate changes");
  add_number(verb, "--step-epochs", schedule.step_epochs, {1, kMost},
             "step: epochs between two changes");
  add_number(verb, "--step-factor", schedule.step_factor, kPositive,
             "step: factor of every change");
  add_number(verb, "--warmup", schedule.warmup, kShare,
             "one-cycle: share of a cycle in which it rises");
  add_number(verb, "--cycles", schedule.cycles, {1, kMost},
             "one-cycle: how many cycles the run has");
}

void add_loss_options(Verb& verb, TrainingOptions& options) {
  add_choice(verb, "--loss", options.train.loss, loss_from_string, to_string(options.train.loss),
             "cross-entropy|mse",
             "What is minimised; mse: the mean squared error of what the network gives, with 1 for "
             "the label's class and 0 for the others");
  add_number(verb, "--label-smoothing", options.train.label_smoothing, kShareBelowOne,
             "Share of every label that is spread over all classes");
  auto* teacher = verb.add_option("--teacher", options.teacher,
                                  "Learn the answers of this model too (distillation)");
  add_number(
      verb, "--teacher-share", options.teacher_share, {.least = 0, .most = 1, .above = true},
      fmt::format("Share of the teacher in the loss; {} if it is not given", kDefaultTeacherShare))
      ->needs(teacher);
  add_number(verb, "--temperature", options.temperature, {0.001, 1000}, "Of the teacher's answers")
      ->needs(teacher);
}

bool asks_for(const TrainingOptions& options, const char* augmentation) {
  return std::ranges::find(options.augment, augmentation) != options.augment.end();
}

void say_what_training_needs(Verb& verb, const TrainingOptions& options) {
  const TrainOptions& train = options.train;
  const auto scheduled = [&](ScheduleKind kind) {
    return [&, kind] {
      return train.schedule.kind == kind || verb.was_given("--schedule", to_string(kind));
    };
  };
  verb.matter_if({"--step-epochs", "--step-factor"}, "--schedule step",
                 scheduled(ScheduleKind::step));
  verb.matter_if({"--warmup", "--cycles"}, "--schedule one-cycle",
                 scheduled(ScheduleKind::one_cycle));
  verb.matter_if({"--nesterov"}, "--momentum above 0",
                 [&] { return train.sgd.momentum > 0 || !train.sgd.nesterov; });
  verb.matter_if({"--teacher"}, "--loss cross-entropy",
                 [&] { return train.loss == LossKind::cross_entropy; });
  verb.matter_if({"--label-smoothing"}, "--teacher-share below 1",
                 [&] { return options.teacher.empty() || options.teacher_share != 1; });
  verb.matter_if({"--shift"}, "--augment shift", [&] { return asks_for(options, "shift"); });
}

}  // namespace

std::vector<std::string> add_training_options(Verb& verb, TrainingOptions& options,
                                              const std::string& epochs) {
  TrainOptions& train = options.train;
  // The default says whether no training is a choice.
  add_number(verb, epochs, train.epochs, {std::min<std::int64_t>(train.epochs, 1), 1'000'000},
             "Passes over the training images");
  const std::size_t before = verb.get_options().size();
  add_number(verb, "--batch", train.batch, {1, kMost}, "Images in one step");
  add_schedule_options(verb, train.schedule);
  add_loss_options(verb, options);
  add_number(verb, "--momentum", train.sgd.momentum, kShareBelowOne,
             "Momentum of the gradient descent");
  verb.add_flag("--nesterov", train.sgd.nesterov, "Nesterov's momentum");
  add_number(verb, "--weight-decay", train.sgd.weight_decay, {0, kUnbounded},
             "L2 decay of all parameters");
  verb.add_flag("--freeze-batch-norm", train.freeze_batch_norm,
                "Leave the means and variances of batch norm as they are, and normalise by them")
      ->needs(verb.get_option("--model"));
  add_names(verb, "--augment", options.augment,
            "flip (left-right, half of the images), shift (by up to --shift pixels)",
            {"flip", "shift"})
      ->type_name("flip,shift");
  add_number(verb, "--shift", options.shift, {1, 1024}, "Pixels of --augment shift");
  std::vector<std::string> names;
  for (const CLI::Option* option : verb.get_options()) names.push_back(option->get_name());
  names.erase(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(before));
  say_what_training_needs(verb, options);
  add_number(verb, "--seed", train.seed, {0, std::numeric_limits<std::uint64_t>::max()},
             "Seed of weights, order and augmentation");
  return names;
}

TrainOptions resolve(const TrainingOptions& options, int threads) {
  TrainOptions train = options.train;
  train.augmentation = {asks_for(options, "flip"), asks_for(options, "shift") ? options.shift : 0};
  train.threads = threads;
  if (options.teacher.empty()) return train;
  train.teacher = {std::make_shared<const Model>(read_any_model_or_checkpoint(options.teacher)),
                   options.teacher_share.value_or(kDefaultTeacherShare), options.temperature};
  return train;
}

}  // namespace karnin::cli
