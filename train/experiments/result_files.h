// The paper's tables and figures, and those that it lacks, as CSV.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "train/experiments/reproduction.h"

namespace karnin {

struct ResultFile {
  const char* name;
  std::string (*text)(const Reproduction& results, const Dataset& dataset);
};

/// table-1.csv to table-7.csv and figure-1.csv to figure-6.csv with the paper's numbers beside the
/// mean, the standard deviation and the single seeds; sparsity.csv, controls.csv, readings.csv and
/// scores.csv. Accuracies are percent; one seed has no standard deviation, and an empty cell. The
/// same results give the same bytes.
std::span<const ResultFile> result_files();

/// Index of the first test image of every class; those that have one.
std::vector<std::int64_t> sample_images(const Dataset& dataset);

/// Whether the paper's numbers, class by class, are about these classes.
bool has_paper_classes(const Dataset& dataset);

/// One number a seed, of those that have one.
template <typename Number>
std::vector<double> by_seed(const std::vector<Measurements>& all, Number number) {
  std::vector<double> values;
  for (const Measurements& measurements : all)
    if (const std::optional<double> value = number(measurements)) values.push_back(*value);
  return values;
}

}  // namespace karnin
