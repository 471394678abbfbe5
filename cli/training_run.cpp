#include "cli/training_run.h"

#include <fmt/core.h>

#include "cli/progress.h"
#include "cli/quantity.h"

namespace karnin::cli {
namespace {

std::string images_per_second(double rate) { return count(static_cast<std::int64_t>(rate)); }

std::string describe(const StepReport& step, std::int64_t epochs) {
  return fmt::format("epoch {}/{}  loss {:.4f}  accuracy {}  {} images/s", step.epoch, epochs,
                     step.loss, percent(step.accuracy), images_per_second(step.images_per_second));
}

std::string describe(const EpochRecord& epoch, std::int64_t epochs) {
  std::string text = fmt::format("epoch {}/{}: loss {:.4f}, training accuracy {}", epoch.epoch,
                                 epochs, epoch.loss, percent(epoch.accuracy));
  if (epoch.validation_accuracy)
    text += ", validation accuracy " + percent(*epoch.validation_accuracy);
  if (epoch.sparsity) text += ", sparsity " + percent(*epoch.sparsity);
  // A run that is resumed behind the last step of an epoch has nothing to measure in it.
  if (epoch.images_per_second > 0)
    text += fmt::format(", {} images/s", images_per_second(epoch.images_per_second));
  return text;
}

}  // namespace

bool run_training(Trainer& trainer, std::int64_t epochs, const Interrupt& interrupt,
                  TrainingLog& log, const TrainingHooks& hooks) {
  Progress progress;
  bool interrupted = false, stopped = false;
  const auto on_step = [&](const StepReport& step) {
    const double done = static_cast<double>(step.epoch - 1) +
                        static_cast<double>(step.step) / static_cast<double>(step.steps);
    // The last step of an epoch is told by the epoch's own line.
    if (step.step < step.steps)
      progress.update(done / static_cast<double>(epochs), [&] { return describe(step, epochs); });
    // Asked once a step, so that hook and trainer get the same answer. After the very last step
    // there is nothing to interrupt any more.
    interrupted = interrupt.requested() && (step.epoch < epochs || step.step < step.steps);
    if (hooks.on_step) hooks.on_step(step, interrupted);
    return interrupted;
  };
  while (!interrupted && !stopped && static_cast<std::int64_t>(log.size()) < epochs) {
    log.push_back({trainer.run_epoch(on_step), {}, {}});
    stopped = !interrupted && hooks.on_epoch && hooks.on_epoch(log.back());
    progress.line(static_cast<double>(log.size()) / static_cast<double>(epochs),
                  describe(log.back(), epochs));
  }
  if (interrupted) progress.line(1, "interrupted: saving what there is");
  return interrupted;
}

std::string to_csv(const TrainingLog& log) {
  std::string text = "epoch";
  for (const LogColumn& column : kLogColumns)
    if (column.csv_format != nullptr) text += std::string(",") + column.name;
  for (const auto& [name, column] : kOptionalColumns)
    if (!log.empty() && log.front().*column) text += std::string(",") + name;
  text += "\n";
  for (const EpochRecord& epoch : log) {
    text += fmt::format("{}", epoch.epoch);
    for (const auto& [name, value, format] : kLogColumns)
      if (format != nullptr)
        text.append(",").append(fmt::format(fmt::runtime(format), epoch.*value));
    for (const auto& [name, column] : kOptionalColumns) {
      if (log.front().*column) text += ",";
      if (epoch.*column) text += fmt::format("{:.6f}", *(epoch.*column));
    }
    text += "\n";
  }
  return text;
}

nlohmann::ordered_json to_json(const TrainingLog& log) {
  nlohmann::ordered_json epochs = nlohmann::ordered_json::array();
  for (const EpochRecord& epoch : log) {
    nlohmann::ordered_json& json = epochs.emplace_back();
    json["epoch"] = epoch.epoch;
    for (const LogColumn& column : kLogColumns) json[column.name] = epoch.*(column.value);
    for (const auto& [name, column] : kOptionalColumns)
      if (epoch.*column) json[name] = *(epoch.*column);
  }
  return epochs;
}

}  // namespace karnin::cli
