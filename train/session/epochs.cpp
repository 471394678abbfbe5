#include "train/session/epochs.h"

#include <fmt/core.h>

#include "formats/report/quantity.h"

namespace karnin {
namespace {

std::string speed(double rate) { return count(static_cast<std::int64_t>(rate)); }

std::string describe(const StepReport& step, std::int64_t epochs) {
  return fmt::format("epoch {}/{}  loss {:.4f}  accuracy {}  {} images/s", step.epoch, epochs,
                     step.loss, percent(step.accuracy), speed(step.images_per_second));
}

std::string describe(const EpochRecord& epoch, std::int64_t epochs) {
  std::string text = fmt::format("epoch {}/{}: loss {:.4f}, training accuracy {}", epoch.epoch,
                                 epochs, epoch.loss, percent(epoch.accuracy));
  if (epoch.validation_accuracy)
    text += ", validation accuracy " + percent(*epoch.validation_accuracy);
  if (epoch.sparsity) text += ", sparsity " + percent(*epoch.sparsity);
  // A run that is resumed behind the last step of an epoch has nothing to measure in it.
  if (epoch.images_per_second > 0)
    text += fmt::format(", {} images/s", speed(epoch.images_per_second));
  return text;
}

}  // namespace

bool run_training(Trainer& trainer, std::int64_t epochs, const Watcher& watcher, TrainingLog& log,
                  const TrainingHooks& hooks) {
  bool interrupted = false, stopped = false;
  const auto on_step = [&](const StepReport& step) {
    const double done = static_cast<double>(step.epoch - 1) +
                        static_cast<double>(step.step) / static_cast<double>(step.steps);
    // The last step of an epoch is told by the epoch's own line.
    if (step.step < step.steps)
      watcher.report(done / static_cast<double>(epochs), [&] { return describe(step, epochs); });
    // Asked once a step, so that hook and trainer get the same answer. After the very last step
    // there is nothing to interrupt any more.
    interrupted = watcher.stopped() && (step.epoch < epochs || step.step < step.steps);
    if (hooks.on_step) hooks.on_step(step, interrupted);
    return interrupted;
  };
  while (!interrupted && !stopped && static_cast<std::int64_t>(log.size()) < epochs) {
    log.push_back({trainer.run_epoch(on_step), {}, {}});
    stopped = !interrupted && hooks.on_epoch && hooks.on_epoch(log.back());
    watcher.report_line(static_cast<double>(log.size()) / static_cast<double>(epochs),
                        describe(log.back(), epochs));
  }
  if (interrupted) watcher.report_line(1, "interrupted: saving what there is");
  return interrupted;
}

}  // namespace karnin
