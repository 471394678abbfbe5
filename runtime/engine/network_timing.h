// How long a whole network takes for one batch after the other.
#pragma once

#include "runtime/engine/engine.h"
#include "runtime/graph/model.h"

namespace karnin {

struct NetworkTimingOptions {
  std::int64_t batch = 1;
  int threads = 0;  ///< 0: all
  /// Of every fully connected layer; empty: the winner of a race.
  std::optional<FcKernel> kernel = std::nullopt;
  double seconds = 2;  ///< to spend on runs, roughly
  /// What to run; empty: the winner of races.
  std::optional<Plan> plan = std::nullopt;
};

struct NetworkTiming {
  int threads = 0;
  std::int64_t runs = 0;             ///< that were timed, each of one batch
  double median_us = 0, p99_us = 0;  ///< microseconds of a run
  Plan plan{};                       ///< that ran
  /// From runs of their own: taking these times costs time.
  std::vector<LayerProfile> layers{};  // NOLINT(*-redundant-member-init): GCC asks for it
};

/// Random images, plain floats in and out. Throws as Engine does.
NetworkTiming time_network(const NetworkView& network, const NetworkTimingOptions& options);

/// Sets weights to 0, each with probability `sparsity`: all of fully connected layers and of
/// convolutions but the first layer's and those in groups, as pruning leaves them. For timing
/// alone: the answers are worth nothing.
void thin_out(Model& model, double sparsity, std::uint64_t seed);

}  // namespace karnin
