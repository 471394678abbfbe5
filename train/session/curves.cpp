#include "train/session/curves.h"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>

#include "formats/io/atomic_file.h"
#include "runtime/core/error.h"

namespace karnin {
namespace {

constexpr std::int64_t kPointsPerEpoch = 100;

double seconds_since_1970() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration<double>(now).count();
}

}  // namespace

Curves::Curves(std::filesystem::path directory, const Watcher& watcher)
    : directory_(std::move(directory)), watcher_(watcher) {
  if (!directory_.empty()) require_writable_directory(directory_);
}

void Curves::add(const StepReport& step) {
  attempt([&] { write(step); });
}

void Curves::add(const EpochRecord& epoch, std::int64_t steps) {
  attempt([&] { write(epoch, steps); });
}

template <typename Write>
void Curves::attempt(const Write& write) {
  if (directory_.empty()) return;
  try {
    write();
  } catch (const OutputError& error) {
    watcher_.tell(fmt::format("{}: the curves end here, the training goes on", error.what()));
    directory_.clear();
  }
}

void Curves::write(const StepReport& step) {
  const bool is_first = !file_;
  step_ = (step.epoch - 1) * step.steps + step.step;
  // A resumed run repeats the steps after its last checkpoint: they are taken back first.
  if (is_first) file_.emplace(directory_, seconds_since_1970(), step_ > 1 ? step_ : -1);
  const std::int64_t stride = std::max<std::int64_t>(step.steps / kPointsPerEpoch, 1);
  if (step.step % stride != 0) return;
  point("step/loss", step.loss);
  point("step/accuracy", step.accuracy);
}

void Curves::write(const EpochRecord& epoch, std::int64_t steps) {
  // Resumed behind the epoch's last step: that one is written again, and the file opened with it.
  if (!file_) write({epoch.epoch, steps, steps, epoch.loss, epoch.accuracy, 0});
  point("epoch/loss", epoch.loss);
  point("epoch/accuracy", epoch.accuracy);
  point("epoch/learning_rate", epoch.learning_rate);
  if (epoch.images_per_second > 0) point("epoch/images_per_second", epoch.images_per_second);
  if (epoch.validation_accuracy) point("epoch/validation_accuracy", *epoch.validation_accuracy);
  if (epoch.sparsity) point("epoch/sparsity", *epoch.sparsity);
}

void Curves::point(const char* tag, double value) {
  file_->scalar(tag, step_, static_cast<float>(value), seconds_since_1970());
}

}  // namespace karnin
