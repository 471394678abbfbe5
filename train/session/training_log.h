// What is noted of every epoch of a run: its CSV and its JSON.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "train/loop/trainer.h"

namespace karnin {

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

std::string to_csv(const TrainingLog& log);
nlohmann::ordered_json to_json(const TrainingLog& log);

/// The inverse of to_csv(), but for what it rounds. Throws FileError, naming `file`, for a cell
/// that is no number.
TrainingLog log_from_csv(const std::string& text, const std::string& file);

}  // namespace karnin
