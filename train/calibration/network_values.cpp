#include "train/calibration/network_values.h"

#include <algorithm>

#include "runtime/core/error.h"
#include "runtime/engine/engine.h"
#include "runtime/graph/network_part.h"

namespace karnin {
namespace {

/// Of one value, in a batch: 64 MB.
constexpr std::int64_t kBatchFloats = std::int64_t{1} << 24;
constexpr std::int64_t kMaxBatchImages = 128;

}  // namespace

NetworkValues::NetworkValues(const Model& model, const CalibrationImages& images, int threads)
    : model_(model), images_(images), threads_(threads), extents_(infer_extents(model.graph)) {
  if (images.count == 0) throw ArgumentError("calibration: expected at least one image, got none");
  if (const Extent& expected = input_extent(model.graph); images.extent != expected)
    throw ShapeError("calibration: expected images of " + to_string(expected) + ", got " +
                     to_string(images.extent));
}

void NetworkValues::load(std::int64_t first, std::int64_t count, float* dst) const {
  if (start_ == 0) return images_.load(first, count, dst);
  const std::int64_t floats = extents_[static_cast<std::size_t>(start_)].size();
  std::copy_n(kept_.data() + first * floats, count * floats, dst);
}

void NetworkValues::each_batch(std::span<const NodeId> nodes,
                               const std::function<void(const ValueBatch&)>& take) {
  const std::int64_t largest = std::ranges::max(extents_, {}, &Extent::size).size();
  const std::int64_t batch = std::clamp<std::int64_t>(kBatchFloats / largest, 1, kMaxBatchImages);
  const Model part = part_of(model_, start_, nodes);
  Engine engine(part, {.batch = batch, .threads = threads_, .race = false});
  std::vector<std::vector<float>> values;
  for (const NodeId node : nodes)
    values.emplace_back(
        static_cast<std::size_t>(batch * extents_[static_cast<std::size_t>(node)].size()));
  for (std::int64_t first = 0; first < images(); first += batch) {
    const std::int64_t count = std::min(batch, images() - first);
    std::vector<std::span<float>> dsts;
    ValueBatch result{first, count, {}};
    for (std::size_t k = 0; k < nodes.size(); ++k) {
      const std::int64_t floats = extents_[static_cast<std::size_t>(nodes[k])].size();
      dsts.push_back(std::span(values[k]).first(static_cast<std::size_t>(count * floats)));
      result.values.emplace_back(dsts.back());
    }
    engine.run(
        count, [&](std::int64_t i, std::int64_t n, float* dst) { load(first + i, n, dst); }, dsts);
    take(result);
  }
}

void NetworkValues::advance(NodeId node) {
  NodeId cut = node - 1;
  while (cut > start_ && (is<Dropout>(model_.graph.node(cut).op) || !is_cut(model_.graph, cut)))
    --cut;
  if (cut <= start_) return;
  const std::int64_t floats = extents_[static_cast<std::size_t>(cut)].size();
  if (floats > kMaxKept / images()) return;
  std::vector<float> kept(static_cast<std::size_t>(floats * images()));
  each_batch(std::span(&cut, 1), [&](const ValueBatch& batch) {
    std::ranges::copy(batch.values[0], kept.begin() + batch.first * floats);
  });
  kept_ = std::move(kept);
  start_ = cut;
}

}  // namespace karnin
