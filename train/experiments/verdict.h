// Which method wins where, and which reading of the paper comes closest to what it printed.
#pragma once

#include <string>
#include <vector>

#include "train/experiments/measurements.h"
#include "train/experiments/statistics.h"

namespace karnin {

struct MethodScore {
  std::string method;
  Spread accuracy;  ///< percent
};

/// The methods at one sparsity, the best mean first.
struct Contest {
  double sparsity = 0;
  std::vector<MethodScore> ranking;
  Spread lead;                ///< of the first over the second, seed by seed; percent
  std::size_t seeds_won = 0;  ///< in which the first beat the second
};

/// Whether the best two have the same mean: then nobody wins.
bool tied(const Contest& contest);

/// Whether the lead is less than two of its standard errors, which seeds may well have made. Needs
/// two seeds.
bool too_close(const Contest& contest);

/// One contest a sparsity above 0.
std::vector<Contest> contests(const std::vector<Measurements>& all);

struct Reading {
  std::string recipe;
  std::string method;
  std::vector<std::int64_t> fc1;  ///< removed, one a seed
  std::vector<std::int64_t> fc2;
  Spread accuracy;      ///< percent, of the pruned network
  double distance = 0;  ///< from the paper's 46 and 13: the mean over seeds and both layers of how
                        ///< many times too many or too few, as a power of ten
};

/// Every recipe times every score that the paper may mean, the closest first.
std::vector<Reading> readings(const std::vector<Measurements>& paper,
                              const std::vector<Measurements>& others);

}  // namespace karnin
