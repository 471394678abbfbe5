// Epochs under somebody's eyes: progress on stderr, and an end as soon as SIGINT asks for it.
#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "cli/interrupt.h"
#include "train/trainer.h"

namespace karnin::cli {

/// One report an epoch; the last one as far as it got.
using TrainingLog = std::vector<EpochReport>;

/// `epochs` epochs, or fewer when interrupted. Throws what Trainer::run_epoch throws.
TrainingLog run_training(Trainer& trainer, std::int64_t epochs, const Interrupt& interrupt);

/// Without times: the same seed gives the same text.
std::string to_csv(const TrainingLog& log);
nlohmann::ordered_json to_json(const TrainingLog& log);

}  // namespace karnin::cli
