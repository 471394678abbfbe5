#include "train/loop/ghost_batch.h"

#include <fmt/format.h>

#include "runtime/core/error.h"

namespace karnin {
namespace {

constexpr float kMomentum = 0.1F;

}  // namespace

std::int64_t ghost_batch(const Graph& graph) {
  std::int64_t images = 0;
  for (const Node& node : graph.nodes) {
    const auto* norm = std::get_if<BatchNorm>(&node.op);
    if (norm == nullptr) continue;
    if (images != 0 && norm->ghost_batch != images)
      throw ShapeError(fmt::format("layer '{}': expected a ghost batch of {}, as before, got {}",
                                   node.name, images, norm->ghost_batch));
    images = norm->ghost_batch;
  }
  return images;
}

void require_variances(const Graph& graph, std::int64_t images) {
  const std::int64_t ghost = ghost_batch(graph);
  if (ghost == 0 || images % ghost != 1) return;
  const std::vector<Extent> extents = infer_extents(graph);
  for (std::size_t i = 0; i < extents.size(); ++i)
    if (is<BatchNorm>(graph.nodes[i].op) && extents[i].h * extents[i].w == 1)
      throw ArgumentError(fmt::format(
          "layer '{}': expected two numbers a channel to tell a variance from, got one: the last "
          "ghost batch of {} in a batch of {} has one image, of one pixel; use another batch size",
          graph.nodes[i].name, ghost, images));
}

void follow_statistics(std::int64_t ghost_batches, const float* sum,
                       std::span<float> running) noexcept {
  for (float& statistic : running)
    statistic =
        (1 - kMomentum) * statistic + kMomentum * (*sum++ / static_cast<float>(ghost_batches));
}

}  // namespace karnin
