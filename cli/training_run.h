// Epochs under somebody's eyes: progress on stderr, and an end as soon as SIGINT asks for it.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <vector>

#include "cli/interrupt.h"
#include "train/trainer.h"

namespace karnin::cli {

/// One report an epoch; the last one as far as it got.
using TrainingLog = std::vector<EpochReport>;

/// Called after every step; `last` if an interruption ends the run there.
using StepHook = std::function<void(const StepReport& step, bool last)>;

/// Trains until the log has `epochs` entries. True if it was interrupted before that. Throws what
/// Trainer::run_epoch and the hook throw.
bool run_training(Trainer& trainer, std::int64_t epochs, const Interrupt& interrupt,
                  TrainingLog& log, const StepHook& hook = {});

/// Without times: the same seed gives the same text.
std::string to_csv(const TrainingLog& log);
nlohmann::ordered_json to_json(const TrainingLog& log);

}  // namespace karnin::cli
