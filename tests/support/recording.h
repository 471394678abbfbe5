// A model whose updates a test makes up, watched by a recorder.
#pragma once

#include <functional>
#include <utility>
#include <vector>

#include "runtime/graph/model.h"
#include "train/pruning/recorder.h"

namespace karnin {

/// Weights 6 + 2 in two parameters; what the layer computes does not matter to the recorder.
inline Model tiny_model() {
  return make_model(make_chain("tiny", {3, 1, 1}, {{"fc1", FullyConnected{2}}}));
}

struct Step {
  std::vector<std::vector<float>> gradient;  ///< [parameter][weight]
  std::vector<std::vector<float>> delta;
  double rate;
  std::vector<std::vector<double>> weights;  ///< after the step
};

/// Applies updates to a model, tells the recorder, and remembers everything.
class Recording {
 public:
  explicit Recording(Model start) : initial(start), model(std::move(start)) {
    recorder.on_start(model);
  }

  /// The weights move by `delta`, as far as float lets them; that is the delta recorded.
  void step(std::vector<std::vector<float>> gradient, std::vector<std::vector<float>> delta,
            double rate) {
    Step step{std::move(gradient), std::move(delta), rate, {}};
    for (std::size_t p = 0; p < model.parameters.size(); ++p) {
      auto& weights = step.weights.emplace_back();
      for (std::size_t i = 0; i < step.delta[p].size(); ++i) {
        float& w = model.parameters[p].value.data()[i];
        const float before = w;
        w += step.delta[p][i];
        step.delta[p][i] = w - before;
        weights.push_back(w);
      }
      recorder.on_update({p, 0, step.gradient[p], step.delta[p], rate});
    }
    recorder.on_step_end({1, 1, rate});
    epochs.back().push_back(std::move(step));
  }

  void end_epoch() {
    recorder.on_epoch_end(model);
    epochs.emplace_back();
  }

  Model initial;
  Model model;
  SensitivityRecorder recorder;
  std::vector<std::vector<Step>> epochs{{}};  ///< the last one may be cut short or empty
};

using ModelOf = std::function<float(std::size_t parameter, std::size_t weight)>;

inline std::vector<std::vector<float>> filled(const Model& model, const ModelOf& value) {
  std::vector<std::vector<float>> all;
  for (std::size_t p = 0; p < model.parameters.size(); ++p) {
    auto& values = all.emplace_back(model.parameters[p].value.size());
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = value(p, i);
  }
  return all;
}

}  // namespace karnin
