#include "train/calibration/surgeon_scores.h"

#include <algorithm>
#include <array>

#include "runtime/core/error.h"
#include "runtime/core/parallel.h"
#include "train/calibration/moments.h"
#include "train/calibration/network_values.h"
#include "train/calibration/removal_losses.h"

namespace karnin {
namespace {

/// One layer's scores; what is known of a row is in [row x columns, ...).
class LayerScores {
 public:
  LayerScores(const LayerInputs& layer, const Parameter& weights)
      : layer_(layer), weights_(weights), obs_(weights.value.dims()), obd_(weights.value.dims()) {}

  void add(const Columns& columns, const std::vector<Moments>& moments, double damping,
           Arena& arena) {
    std::vector<SymmetricMatrix> inverses;
    for (const Moments& own : moments) {
      inverses.push_back(own.damped(damping));
      inverses.back().invert();
    }
    std::vector<double> variances(static_cast<std::size_t>(layer_.rows()));
    arena.for_each(layer_.rows(), [&](std::int64_t row) {
      const auto group = static_cast<std::size_t>(row / layer_.group_rows());
      score_row(row, columns, inverses[group], moments[group]);
      variances[static_cast<std::size_t>(row)] = variance_of(row, columns, moments[group]);
    });
    for (const double variance : variances) variance_ += variance;
  }

  Tensor obs() const { return as_shares(obs_); }
  Tensor obd() const { return as_shares(obd_); }

 private:
  template <typename T>
  std::span<const T> part(std::span<const T> all, std::int64_t row, const Columns& columns) const {
    if (all.empty()) return all;
    return all.subspan(static_cast<std::size_t>(row * layer_.columns() + columns.begin),
                       static_cast<std::size_t>(columns.count));
  }

  void score_row(std::int64_t row, const Columns& columns, const SymmetricMatrix& inverse,
                 const Moments& moments) {
    const std::int64_t begin = row * layer_.columns() + columns.begin;
    const auto weights = part(weights_.value.span(), row, columns);
    const auto mask = part(std::span<const std::uint8_t>(weights_.mask), row, columns);
    std::ranges::copy(removal_losses(inverse, weights, mask), obs_.data() + begin);
    for (std::size_t i = 0; i < weights.size(); ++i) {
      const auto w = static_cast<double>(weights[i]);
      obd_.data()[begin + static_cast<std::int64_t>(i)] =
          static_cast<float>(w * w * moments.xx[i * weights.size() + i]);
    }
  }

  double variance_of(std::int64_t row, const Columns& columns, const Moments& moments) const {
    const auto weights = part(weights_.value.span(), row, columns);
    double variance = 0;
    for (std::size_t i = 0; i < weights.size(); ++i) {
      double sum = 0;
      for (std::size_t j = 0; j < weights.size(); ++j)
        sum += moments.xx[i * weights.size() + j] * static_cast<double>(weights[j]);
      variance += sum * static_cast<double>(weights[i]);
    }
    return variance;
  }

  /// A layer whose outputs never change has nothing to lose.
  Tensor as_shares(Tensor losses) const {
    for (float& loss : losses.span())
      loss = variance_ > 0 ? static_cast<float>(static_cast<double>(loss) / variance_) : 0.0F;
    return losses;
  }

  const LayerInputs& layer_;
  const Parameter& weights_;
  Tensor obs_, obd_;
  double variance_ = 0;  // of all outputs together
};

LayerScores scores_of(const LayerInputs& layer, NodeId node, const Parameter& weights,
                      NetworkValues& values, const Calibration& calibration, Arena& arena) {
  const SampledPositions positions(layer.positions(), values.images(), calibration.seed);
  LayerScores scores(layer, weights);
  // An engine computes something: the layer too, where that reads the images.
  const std::array nodes{values.model().graph.node(node).inputs.front(), node};
  for (const Columns& columns : layer.blocks()) {
    MomentSums sums(layer, columns, positions, false);
    values.each_batch(nodes, [&](const ValueBatch& batch) {
      sums.add(batch.first, batch.count, batch.values.front(), {}, arena);
    });
    scores.add(columns, sums.finish(), calibration.damping, arena);
  }
  return scores;
}

}  // namespace

std::vector<Sensitivity> surgeon_scores(const Model& model, const std::vector<std::string>& layers,
                                        const Calibration& calibration) {
  NetworkValues values(model, calibration.images, calibration.threads);
  Arena arena(calibration.threads);
  const std::vector<Extent> extents = infer_extents(model.graph);
  Sensitivity obs{"obs", {}}, obd{"obd", {}};
  const std::vector<ParameterSpec> specs = parameter_specs(model.graph);
  for (std::size_t p = 0; p < specs.size(); ++p) {
    const auto& [name, node, role, dims] = specs[p];
    obs.values.emplace_back(dims);
    obd.values.emplace_back(dims);
    const std::string& layer = model.graph.node(node).name;
    if (role != Role::weight || std::ranges::count(layers, layer) == 0) continue;
    if (calibration.progress)
      calibration.progress(static_cast<double>(p) / static_cast<double>(specs.size()), layer);
    values.advance(node);
    const LayerInputs inputs(model.graph, extents, node);
    const LayerScores scores =
        scores_of(inputs, node, model.parameters[p], values, calibration, arena);
    obs.values.back() = scores.obs();
    obd.values.back() = scores.obd();
  }
  return {std::move(obs), std::move(obd)};
}

void add_surgeon_scores(Model& model, const std::vector<std::string>& layers,
                        const Calibration& calibration) {
  std::vector<Sensitivity> scores = surgeon_scores(model, layers, calibration);
  std::erase_if(model.sensitivities,
                [](const Sensitivity& s) { return s.method == "obs" || s.method == "obd"; });
  std::ranges::move(scores, std::back_inserter(model.sensitivities));
}

}  // namespace karnin
