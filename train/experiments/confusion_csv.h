// Confusion matrices of several networks in one table.
#pragma once

#include <cstdint>
#include <string>

#include "formats/data/dataset.h"
#include "formats/report/csv.h"
#include "runtime/engine/metrics.h"

namespace karnin {

/// Rows are a network's true classes, columns what they were taken for.
class ConfusionCsv {
 public:
  explicit ConfusionCsv(const Dataset& dataset);  ///< must outlive the table
  void add(const std::string& network, std::uint64_t seed, const ConfusionMatrix& confusion);
  const std::string& str() const { return csv_.str(); }

 private:
  const Dataset& dataset_;
  Csv csv_;
};

}  // namespace karnin
