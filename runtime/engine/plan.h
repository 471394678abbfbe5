// In which domain each region of a network runs, and which kernel each fully connected layer gets
// in it: by a race on this machine, by a fixed rule, or by order.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "runtime/graph/compact_model.h"
#include "runtime/program/program.h"

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
  /// Given to every layer.
  std::optional<FcKernel> pinned = std::nullopt;
  /// False: the kernel follows from sparsity, shard size and vector length alone, so that it is the
  /// same on every run.
  bool race = true;
  /// The domain to plan for. plan_program() chooses where there is none.
  std::optional<Domain> domain = std::nullopt;
  int sharers = 1;  ///< threads that may take part in a shard
};

/// The domain in which it runs, or that of each region, and what the race measured (empty if there
/// was none).
struct Plan {
  Domains domain = Domain::onednn;
  std::vector<FcChoice> kernels;
  struct Timing {
    Domains domain;
    double microseconds = 0;  ///< one shard through all layers, each at its median
    std::int64_t images = 1;  ///< of it
  };
  std::vector<Timing> timings;
  int sharers = 1;          ///< threads that it was made for
  std::int64_t images = 1;  ///< of one shard
};

/// The kernels that race in a domain: sparse ones for a network that was pruned, one image at a
/// time for shards of a few.
std::vector<FcKernel> fc_candidates(Domain domain, std::int64_t images, bool sparse);

/// The fastest, a sparse one only if it is 5 % ahead of every dense one: sparse is never to be
/// slower, and a race sees no further than noise lets it.
FcKernel winner(std::span<const FcChoice::Timing> timings);

/// One choice for every fully connected layer of options.domain (onednn if it names none), in
/// order. Serial; a race takes some ten milliseconds, longer for large layers.
std::vector<FcChoice> plan_kernels(const NetworkView& network, const PlanOptions& options);

/// The same for each domain, and then the fastest of them, or a mix that is well ahead of it
/// (domain_race.h). A pinned kernel that is not for lanes decides for oneDNN's, and without a race
/// there is one domain everywhere.
Plan plan_program(const NetworkView& network, const PlanOptions& options);

/// Throws ArgumentError unless the plan has a kernel for each fully connected layer, in order.
void require_kernels(const Plan& plan, const NetworkView& network);

/// A program for inference with these choices, holding the model's parameters.
std::unique_ptr<Program> build_program(const NetworkView& network, const Plan& plan);

}  // namespace karnin
