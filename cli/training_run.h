// Epochs under somebody's eyes: progress on stderr, and an end as soon as a signal asks for it.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "cli/interrupt.h"
#include "train/loop/trainer.h"

namespace karnin::cli {

struct EpochRecord : EpochReport {
  std::optional<double> validation_accuracy;  ///< on images held out of training
  std::optional<double> sparsity;             ///< of the layers that are being pruned
};

/// A number that every epoch has.
struct LogColumn {
  const char* name;
  double EpochReport::* value;
  const char* csv_format;  ///< nullptr: not in the CSV, where the same seed gives the same text
};
inline constexpr LogColumn kLogColumns[] = {
    {"loss", &EpochReport::loss, "{:.6f}"},
    {"accuracy", &EpochReport::accuracy, "{:.6f}"},
    {"learning_rate", &EpochReport::learning_rate, "{:.8g}"},
    {"images_per_second", &EpochReport::images_per_second, nullptr}};

/// Columns that all epochs of a run have or none; a last epoch that was interrupted may lack them.
inline constexpr std::pair<const char*, std::optional<double> EpochRecord::*> kOptionalColumns[] = {
    {"validation_accuracy", &EpochRecord::validation_accuracy},
    {"sparsity", &EpochRecord::sparsity}};

/// One record an epoch; the last one as far as it got.
using TrainingLog = std::vector<EpochRecord>;

struct TrainingHooks {
  /// After every step; `last` if an interruption ends the run there.
  std::function<void(const StepReport& step, bool last)> on_step;
  /// After every epoch that was not interrupted, before it is told; true ends the run.
  std::function<bool(EpochRecord& epoch)> on_epoch;
};

/// Trains until the log has `epochs` entries or a hook ends it. True if it was interrupted before
/// that. Throws what Trainer::run_epoch and the hooks throw.
bool run_training(Trainer& trainer, std::int64_t epochs, const Interrupt& interrupt,
                  TrainingLog& log, const TrainingHooks& hooks = {});

std::string to_csv(const TrainingLog& log);
nlohmann::ordered_json to_json(const TrainingLog& log);

}  // namespace karnin::cli
