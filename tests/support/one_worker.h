// A program with one worker, and the parameters that it was given.
#pragma once

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "runtime/graph/parameters.h"
#include "runtime/program/program.h"
#include "tests/support/fill.h"

namespace karnin::test {

/// Weights -1, 0, 1: with integer pixels the values of a small network stay below 2^24, so that
/// every implementation has to give the very same bits (an average of 4 is exact too).
inline std::vector<std::vector<float>> small_parameters(const Graph& graph) {
  std::vector<std::vector<float>> parameters;
  for (const ParameterSpec& spec : parameter_specs(graph)) {
    std::vector<float> values = integers(element_count(spec.dims), parameters.size() + 10);
    for (float& x : values) x = static_cast<float>((x > 1.0F) - (x < -1.0F));
    parameters.push_back(std::move(values));
  }
  return parameters;
}

struct OneWorker {
  using Values = std::vector<float>;

  OneWorker(const Graph& graph, const ProgramOptions& options, std::vector<Values> weights)
      : parameters(std::move(weights)), program(graph, options), worker(program) {
    give_parameters();
  }

  /// Again after they have changed.
  void give_parameters() {
    std::vector<const float*> tensors;
    for (const Values& values : parameters) tensors.push_back(values.data());
    program.set_parameters(tensors);
  }

  Values forward(const Values& input, const ShardId& shard = {}) {
    std::ranges::copy(input, worker.input());
    worker.forward(shard);
    return {worker.logits(), worker.logits() + program.images() * program.logits()};
  }

  /// The k-th output of the last forward().
  Values output(std::size_t k) const {
    const std::int64_t floats = program.images() * program.outputs()[k].extent.size();
    return {worker.output(k), worker.output(k) + floats};
  }

  /// Into gradients that were NaN before.
  std::vector<Values> backward(const Values& diff_logits, const ShardId& shard = {}) {
    std::ranges::copy(diff_logits, worker.diff_logits());
    std::vector<Values> gradients = parameters;
    std::vector<float*> targets;
    for (Values& gradient : gradients) {
      std::ranges::fill(gradient, std::numeric_limits<float>::quiet_NaN());
      targets.push_back(gradient.data());
    }
    worker.backward(shard, targets);
    return gradients;
  }

  std::vector<Values> parameters;
  Program program;
  Program::Worker worker;
};

}  // namespace karnin::test
