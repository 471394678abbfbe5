#include "runtime/engine/shard_images.h"

#include <algorithm>

#include "runtime/core/ceil_div.h"

namespace karnin {
namespace {

// A shard this size keeps its activations near the core and fills the lanes of the sparse kernels.
constexpr std::int64_t kMaxShard = 16;
// Where there are no convolutions, and more weights than lie near a core, they outweigh activations
// and should serve more images.
constexpr std::int64_t kMaxSparseShard = 64;
constexpr std::int64_t kFarWeights = std::int64_t{1} << 16;
constexpr double kSparse = 0.6;

/// Fully connected layers, most of whose weights are gone: threads can share a shard of them.
bool is_large_sparse_perceptron(const NetworkView& network) {
  const auto is_convolution = [](const Node& node) {
    return std::holds_alternative<Conv2d>(node.op);
  };
  if (std::ranges::any_of(network.description.graph.nodes, is_convolution)) return false;
  ParameterCount count;
  for (const WeightsView& weights : network.parameters) count.add(weights);
  return count.nonzero >= kFarWeights &&
         static_cast<double>(count.nonzero) <= (1 - kSparse) * static_cast<double>(count.all);
}

}  // namespace

std::int64_t shard_images(const NetworkView& network, std::int64_t batch, int threads) {
  if (is_large_sparse_perceptron(network)) {
    const std::int64_t fewest = batch <= kMaxShard ? 1 : 2;
    return ceil_div(batch, std::max(ceil_div(batch, kMaxSparseShard), fewest));
  }
  const std::int64_t shards =
      std::max<std::int64_t>(ceil_div(batch, kMaxShard), std::min(threads, 2));
  return ceil_div(batch, std::min(batch, shards));
}

}  // namespace karnin
