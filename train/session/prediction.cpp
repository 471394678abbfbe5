#include "train/session/prediction.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "train/session/classification.h"

namespace karnin {
namespace {

constexpr std::int64_t kBatch = 64;

/// In place. The sum is of doubles, from the first on.
void softmax(std::span<float> values) {
  const double top = std::ranges::max(values);
  double sum = 0;
  for (const float value : values) sum += std::exp(value - top);
  for (float& value : values) value = static_cast<float>(std::exp(value - top) / sum);
}

/// What the network ends in, but for what only gives values another shape.
const Op& last_op(const Graph& graph) {
  NodeId id = graph.outputs.front();
  while (is<Reshape>(graph.node(id).op) || is<Dropout>(graph.node(id).op))
    id = graph.node(id).inputs.front();
  return graph.node(id).op;
}

/// Each by itself.
bool is_sigmoid(const Op& op) {
  const auto* activation = std::get_if<Activation>(&op);
  return activation != nullptr && activation->kind == ActivationKind::sigmoid;
}

}  // namespace

Predictor::Predictor(const CompactModel& model, int threads)
    : model_(model),
      output_(sole_output(model.graph).extent),
      engine_(model, {.batch = kBatch, .threads = threads, .race = false}) {}

std::vector<float> Predictor::outputs(const ImageSet& images) {
  std::vector<float> outputs(static_cast<std::size_t>(images.size() * output_.size()));
  engine_.run(images.size(), loader_of(model_.preprocess, images), outputs);
  return outputs;
}

std::vector<float> Predictor::probabilities(const ImageSet& images) {
  std::vector<float> values = outputs(images);
  const Op& end = last_op(model_.graph);
  if (const auto* softmaxed = std::get_if<Softmax>(&end)) {
    if (softmaxed->log)
      for (float& value : values) value = std::exp(value);
  } else if (!is_sigmoid(end)) {
    const auto size = static_cast<std::size_t>(output_.size());
    for (std::size_t at = 0; at < values.size(); at += size)
      softmax(std::span(values).subspan(at, size));
  }
  return values;
}

std::vector<RankedClass> top_classes(std::span<const float> probabilities, std::int64_t count) {
  std::vector<std::int64_t> labels(probabilities.size());
  std::iota(labels.begin(), labels.end(), std::int64_t{0});
  const auto kept = std::min<std::int64_t>(count, static_cast<std::int64_t>(labels.size()));
  const auto probability = [&](std::int64_t label) {
    return probabilities[static_cast<std::size_t>(label)];
  };
  std::ranges::partial_sort(labels, labels.begin() + kept, [&](std::int64_t a, std::int64_t b) {
    return probability(a) != probability(b) ? probability(a) > probability(b) : a < b;
  });
  std::vector<RankedClass> top;
  for (std::int64_t i = 0; i < kept; ++i)
    top.push_back(
        {labels[static_cast<std::size_t>(i)], probability(labels[static_cast<std::size_t>(i)])});
  return top;
}

}  // namespace karnin
