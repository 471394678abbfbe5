// What training measures for batch norm: of ghost batches (Hoffer, Hubara and Soudry,
// arXiv:1705.08741), a fixed number of images that a shard holds as a whole. So nobody waits for
// another shard, and the statistics are the same for any number of threads.
#pragma once

#include <cstdint>
#include <span>

#include "runtime/graph/graph.h"

namespace karnin {

/// Images of a ghost batch of this network; 0 if it has no batch norm. Throws ShapeError where two
/// nodes differ.
std::int64_t ghost_batch(const Graph& graph);

/// Throws ArgumentError if a batch of so many images has a ghost batch, the last, that leaves a
/// batch norm one number a channel: it has no variance.
void require_variances(const Graph& graph, std::int64_t images);

/// Running means or variances, from the sum of what so many ghost batches of a step measured:
///   running = 0.9 running + 0.1 sum / ghost_batches
/// which for one ghost batch is PyTorch's rule at its momentum of 0.1. `sum` is as long as
/// `running`.
void follow_statistics(std::int64_t ghost_batches, const float* sum,
                       std::span<float> running) noexcept;

}  // namespace karnin
