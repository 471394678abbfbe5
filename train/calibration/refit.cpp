#include "train/calibration/refit.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <vector>

#include "runtime/core/parallel.h"
#include "train/calibration/moments.h"
#include "train/calibration/network_values.h"

namespace karnin {
namespace {

/// The weights of a row that may move.
std::vector<std::int32_t> kept_columns(const Parameter& weights, std::int64_t begin,
                                       std::int64_t count) {
  std::vector<std::int32_t> kept;
  for (std::int64_t i = 0; i < count; ++i)
    if (weights.mask.empty() || weights.mask[static_cast<std::size_t>(begin + i)] != 0)
      kept.push_back(static_cast<std::int32_t>(i));
  return kept;
}

/// Of each channel of what a node reads.
struct ChannelMoments {
  std::vector<double> mean, variance;
};

ChannelMoments channel_moments(NetworkValues& values, NodeId node, Arena& arena) {
  const Graph& graph = values.model().graph;
  const std::array nodes{graph.node(node).inputs.front(), node};
  const Extent extent = infer_extents(graph)[static_cast<std::size_t>(nodes.front())];
  const std::int64_t pixels = extent.h * extent.w;
  ChannelMoments sums{std::vector<double>(static_cast<std::size_t>(extent.c)), {}};
  sums.variance = sums.mean;
  values.each_batch(nodes, [&](const ValueBatch& batch) {
    arena.for_each(extent.c, [&](std::int64_t c) {
      for (std::int64_t image = 0; image < batch.count; ++image) {
        const float* const plane = batch.values[0].data() + (image * extent.c + c) * pixels;
        for (const float value : std::span(plane, static_cast<std::size_t>(pixels))) {
          const auto x = static_cast<double>(value);
          sums.mean[static_cast<std::size_t>(c)] += x;
          sums.variance[static_cast<std::size_t>(c)] += x * x;
        }
      }
    });
  });
  const auto count = static_cast<double>(values.images() * pixels);
  for (std::size_t c = 0; c < sums.mean.size(); ++c) {
    sums.mean[c] /= count;
    sums.variance[c] = sums.variance[c] / count - sums.mean[c] * sums.mean[c];
  }
  return sums;
}

class Refit {
 public:
  Refit(Model& model, const Model& dense, const Calibration& calibration)
      : model_(model),
        specs_(parameter_specs(model.graph)),
        extents_(infer_extents(model.graph)),
        readers_(readers_of(model.graph)),
        ours_(model, calibration.images, calibration.threads),
        theirs_(dense, calibration.images, calibration.threads),
        arena_(calibration.threads),
        calibration_(calibration) {}

  void layer(NodeId node) {
    ours_.advance(node);
    theirs_.advance(node);
    const LayerInputs layer(model_.graph, extents_, node);
    const SampledPositions positions(layer.positions(), ours_.images(), calibration_.seed);
    const NodeId target = target_of(node);
    std::vector<std::vector<float>> wanted;  // by batch
    theirs_.each_batch(std::span(&target, 1), [&](const ValueBatch& batch) {
      wanted.push_back(positions.take(batch.values.front(), batch.first, layer.rows()));
    });
    for (const Columns& columns : layer.blocks()) {
      MomentSums sums(layer, columns, positions, true);
      const std::array nodes{model_.graph.node(node).inputs.front(), target};
      std::size_t number = 0;
      ours_.each_batch(nodes, [&](const ValueBatch& batch) {
        std::vector<float> residuals = positions.take(batch.values[1], batch.first, layer.rows());
        const std::vector<float>& all = wanted[number++];
        for (std::size_t i = 0; i < all.size(); ++i) residuals[i] = all[i] - residuals[i];
        sums.add(batch.first, batch.count, batch.values[0], residuals, arena_);
      });
      move_weights(node, layer, columns, sums.finish());
    }
  }

  /// What comes out has the mean and variance, in each channel, that it has in the dense network:
  /// where that one's statistics are those of these images, these are measured again.
  void batch_norm(NodeId node) {
    ours_.advance(node);
    theirs_.advance(node);
    const ChannelMoments wanted = channel_moments(theirs_, node, arena_);
    const ChannelMoments own = channel_moments(ours_, node, arena_);
    const double epsilon =
        static_cast<double>(std::get<BatchNorm>(model_.graph.node(node).op).epsilon);
    const std::span<float> means = tensor(node, Role::mean),
                           variances = tensor(node, Role::variance);
    for (std::size_t c = 0; c < means.size(); ++c) {
      // A channel that never changes has no spread to give back.
      const bool changes = wanted.variance[c] > 0 && own.variance[c] > 0;
      const double ratio = changes ? own.variance[c] / wanted.variance[c] : 1;
      const double off = wanted.mean[c] - static_cast<double>(means[c]);
      means[c] = static_cast<float>(own.mean[c] - off * std::sqrt(ratio));
      const double variance = (static_cast<double>(variances[c]) + epsilon) * ratio - epsilon;
      variances[c] = static_cast<float>(std::max(0.0, variance));
    }
  }

 private:
  std::span<float> tensor(NodeId node, Role role) {
    return model_.parameters[*find_parameter(specs_, node, role)].value.span();
  }

  /// Where the outputs are compared: at the layer itself, or at the addition behind it where every
  /// other layer that it adds up has been fitted by then.
  NodeId target_of(NodeId node) const {
    const std::vector<NodeId>& readers = readers_[static_cast<std::size_t>(node)];
    const bool added = readers.size() == 1 && is<Add>(model_.graph.node(readers.front()).op);
    if (!added) return node;
    const bool last = std::ranges::none_of(specs_, [&](const ParameterSpec& spec) {
      return spec.node > node && spec.node < readers.front();
    });
    return last ? readers.front() : node;
  }

  /// By the least squares of each row; its bias takes what the means lack.
  void move_weights(NodeId node, const LayerInputs& layer, const Columns& columns,
                    const std::vector<Moments>& moments) {
    std::vector<SymmetricMatrix> matrices;
    for (const Moments& own : moments) matrices.push_back(own.damped(calibration_.damping));
    const Parameter& weights = model_.parameters[*find_parameter(specs_, node, Role::weight)];
    const std::span<float> values = tensor(node, Role::weight), biases = tensor(node, Role::bias);
    arena_.for_each(layer.rows(), [&](std::int64_t row) {
      const auto group = static_cast<std::size_t>(row / layer.group_rows());
      const auto own_row = static_cast<std::size_t>(row % layer.group_rows());
      const Moments& own = moments[group];
      const std::int64_t begin = row * layer.columns() + columns.begin;
      const auto kept = kept_columns(weights, begin, columns.count);
      std::vector<double> step;
      for (const std::int32_t i : kept)
        step.push_back(own.rx[own_row * own.columns() + static_cast<std::size_t>(i)]);
      SymmetricMatrix system(static_cast<std::int64_t>(kept.size()));
      system.gather(matrices[group], kept);
      system.factorise();
      system.solve(step);
      double shift = own.r[own_row];
      for (std::size_t i = 0; i < kept.size(); ++i) {
        values[static_cast<std::size_t>(begin + kept[i])] += static_cast<float>(step[i]);
        shift -= step[i] * own.x[static_cast<std::size_t>(kept[i])];
      }
      biases[static_cast<std::size_t>(row)] += static_cast<float>(shift);
    });
  }

  Model& model_;
  std::vector<ParameterSpec> specs_;
  std::vector<Extent> extents_;
  std::vector<std::vector<NodeId>> readers_;
  NetworkValues ours_, theirs_;
  Arena arena_;
  const Calibration& calibration_;
};

/// The first layer whose weights differ; one behind all of them if none does.
NodeId first_changed(const Model& model, const Model& dense) {
  const std::vector<ParameterSpec> specs = parameter_specs(model.graph);
  for (std::size_t p = 0; p < specs.size(); ++p)
    if (model.parameters[p] != dense.parameters[p]) return specs[p].node;
  return static_cast<NodeId>(model.graph.nodes.size());
}

}  // namespace

void refit(Model& model, const Model& dense, const Calibration& calibration) {
  assert(model.graph == dense.graph);
  Refit refit(model, dense, calibration);
  const auto count = static_cast<NodeId>(model.graph.nodes.size());
  for (NodeId node = first_changed(model, dense); node < count; ++node) {
    const auto& [name, op, inputs] = model.graph.node(node);
    const bool weighted = is<Conv2d>(op) || is<FullyConnected>(op);
    if (calibration.progress && weighted)
      calibration.progress(static_cast<double>(node) / static_cast<double>(count), name);
    if (weighted) refit.layer(node);
    if (is<BatchNorm>(op)) refit.batch_norm(node);
  }
}

}  // namespace karnin
