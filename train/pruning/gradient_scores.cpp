#include "train/pruning/gradient_scores.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "runtime/core/counter_rng.h"
#include "runtime/core/error.h"
#include "runtime/core/finite.h"
#include "runtime/core/parallel.h"
#include "train/loop/batch_gradient.h"
#include "train/loop/check_images.h"

namespace karnin {
namespace {

/// The images with the lowest hashes, in their order.
std::vector<std::int64_t> draw(std::int64_t all, const GradientScoreOptions& options) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(all));
  std::iota(order.begin(), order.end(), std::int64_t{0});
  const auto count = std::min(all, options.images);
  std::ranges::nth_element(order, order.begin() + count, {}, [&](std::int64_t image) {
    return hash(options.seed, static_cast<std::uint64_t>(image), 0);
  });
  order.resize(static_cast<std::size_t>(count));
  std::ranges::sort(order);
  return order;
}

/// The network as it is used: no unit drops out.
Model without_dropout(Model model) {
  for (Node& node : model.graph.nodes)
    if (auto* dropout = std::get_if<Dropout>(&node.op)) dropout->rate = 0;
  return model;
}

[[noreturn]] void fail(const std::string& where) {
  throw NonFiniteError(
      "scores of weights: expected finite gradients, got the first infinity or NaN in " + where);
}

void require_finite(const Tensor& scores, const std::string& parameter) {
  if (!are_finite(scores.span())) fail("the gradient of " + parameter);
}

struct Sums {
  std::vector<double> g, g2;
};

std::vector<Sums> sum_gradients(const Model& model, const ImageSet& images,
                                const GradientScoreOptions& options) {
  // One image at a time leaves a second thread nothing to do: both run on one.
  Arena arena(1);
  BatchGradient gradient(model, {images, {}, options.seed}, {}, arena);
  const std::vector<ParameterRange> ranges = parameter_ranges(model);
  std::vector<Sums> sums;
  for (const Parameter& parameter : model.parameters)
    sums.push_back({std::vector<double>(parameter.value.span().size()),
                    std::vector<double>(parameter.value.span().size())});
  std::vector<float> part(kRangeElements);
  for (const std::int64_t image : draw(images.size(), options)) {
    const Batch batch{{&image, 1}, 1, 0};
    if (!std::isfinite(gradient.compute(batch).sum)) fail(gradient.first_non_finite(batch));
    for (const ParameterRange& range : ranges) {
      gradient.sum(range, part.data());
      Sums& own = sums[range.parameter];
      for (std::int64_t i = 0; i < range.count; ++i) {
        const double g = static_cast<double>(part[static_cast<std::size_t>(i)]);
        own.g[static_cast<std::size_t>(range.offset + i)] += g;
        own.g2[static_cast<std::size_t>(range.offset + i)] += g * g;
      }
    }
  }
  return sums;
}

}  // namespace

std::vector<Sensitivity> gradient_scores(const Model& model, const ImageSet& images,
                                         const GradientScoreOptions& options) {
  validate(model);
  check_images(model, images);
  if (options.images < 1)
    throw ArgumentError("images to score by: expected at least one, got none");
  const std::vector<Sums> sums = sum_gradients(without_dropout(model), images, options);
  const auto count = static_cast<double>(std::min(images.size(), options.images));
  Sensitivity taylor{"taylor", {}}, fisher{"fisher", {}};
  for (std::size_t p = 0; p < sums.size(); ++p) {
    const Tensor& weights = model.parameters[p].value;
    taylor.values.emplace_back(weights.dims());
    fisher.values.emplace_back(weights.dims());
    for (std::size_t i = 0; i < sums[p].g.size(); ++i) {
      const double w = static_cast<double>(weights.data()[i]);
      taylor.values[p].data()[i] = static_cast<float>(std::abs(sums[p].g[i] / count * w));
      fisher.values[p].data()[i] = static_cast<float>(sums[p].g2[i] / count * w * w / 2);
    }
    for (const Sensitivity* scores : {&taylor, &fisher})
      require_finite(scores->values[p], model.parameters[p].name);
  }
  return {std::move(taylor), std::move(fisher)};
}

void add_gradient_scores(Model& model, const ImageSet& images,
                         const GradientScoreOptions& options) {
  std::erase_if(model.sensitivities,
                [](const Sensitivity& s) { return s.method == "taylor" || s.method == "fisher"; });
  for (Sensitivity& scores : gradient_scores(model, images, options))
    model.sensitivities.push_back(std::move(scores));
}

}  // namespace karnin
