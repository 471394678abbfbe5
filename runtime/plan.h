// Which kernel each fully connected layer gets: by a race on this machine, by a fixed rule, or by
// order.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "runtime/core/model.h"
#include "runtime/layers/chain.h"

namespace karnin {

/// What one fully connected layer got, and what the race measured (empty if there was none).
struct FcChoice {
  std::string layer;
  FcKernel kernel;
  struct Timing {
    FcKernel kernel;
    double microseconds;  ///< one shard, median
  };
  std::vector<Timing> timings;
};

struct PlanOptions {
  std::int64_t images = 1;  ///< of one shard
  /// Given to every layer. KARNIN_KERNEL does the same from outside.
  std::optional<FcKernel> pinned{};
  /// False: the kernel follows from sparsity and shard size alone, so that it is the same on every
  /// run.
  bool race = true;
};

/// One choice for every fully connected layer, in order. Serial; takes some ten milliseconds for a
/// race. Throws ArgumentError for a KARNIN_KERNEL that does not exist.
std::vector<FcChoice> plan_kernels(const Model& model, const PlanOptions& options);

/// A chain for inference with these choices, holding the model's parameters.
std::unique_ptr<Chain> build_chain(const Model& model, std::int64_t images,
                                   std::span<const FcChoice> choices);

}  // namespace karnin
