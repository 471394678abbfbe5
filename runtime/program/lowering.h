// From a graph to prepared layers whose layouts fit together.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <vector>

#include "runtime/graph/parameters.h"
#include "runtime/layers/layer.h"
#include "runtime/program/draft.h"
#include "runtime/program/options.h"

namespace karnin {

using StepId = int;
inline constexpr StepId kNoStep = -1;  ///< produces the inputs
inline constexpr NodeId kNoNode = -1;  ///< of a step that only reorders

/// What one step hands to others. It never changes hands in another layout: a reorder makes another
/// value of it.
struct Value {
  Blob blob;
  StepId producer = kNoStep;
  std::vector<StepId> consumers;  ///< ascending; a step that reads it twice is there twice
  bool wants_diff = false;        ///< in training: a parameter above depends on its gradient
};

/// A tensor of a layer: where among the parameters of the network, and its floats; 0 for none.
struct Slot {
  std::size_t parameter = 0;
  std::size_t floats = 0;
};

/// What the weights and biases of a step take in.
struct Affine {
  ByRole<Slot> parameters;
  std::optional<float> epsilon;
};

struct Step {
  std::unique_ptr<Layer> layer;
  NodeId node = kNoNode;   ///< that it computes; the first one, where it takes in those behind it
  std::size_t region = 0;  ///< of the network; for a reorder that of the step that wants it
  std::vector<ValueId> srcs;
  ValueId dst = 0;
  ByRole<Slot> parameters;
  std::vector<Affine> affines{};  // NOLINT(*-redundant-member-init): GCC asks for it

  bool has(Role role) const { return parameters[role].floats > 0; }
  bool has_parameters() const {
    return std::ranges::any_of(kRoles, [&](Role role) { return has(role); });
  }
};

struct Lowered {
  std::vector<Step> steps;  ///< in the order in which they run
  std::vector<Value> values;
  ValueId input = 0;
  std::vector<ValueId> outputs;  ///< of the graph, in order; may be the input, or one value twice
  Purpose purpose = Purpose::inference;

  const Value& value(ValueId id) const { return values[static_cast<std::size_t>(id)]; }
  bool is_output(ValueId id) const { return std::ranges::count(outputs, id) > 0; }
  /// Whether backward has anything to do there.
  bool goes_back(const Step& step) const { return value(step.dst).wants_diff; }
};

/// The steps as all passes leave them, each with its domain. Throws ShapeError for an unsound
/// graph, or one that computes nothing, ArgumentError unless there is a domain for each region.
Draft make_draft(const Graph& graph, const ProgramOptions& options);

/// Reorders are inserted where a layer wants another layout than it is offered; what comes out is
/// plain. Throws as above, ShapeError unless there are one input and, in training, one output,
/// Error when oneDNN fails.
Lowered lower(const Graph& graph, const ProgramOptions& options);

}  // namespace karnin
