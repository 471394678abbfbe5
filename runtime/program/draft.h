// A network on its way from nodes to layers: what is to be computed, from which values, still
// without a layout. Passes change it; the graph stays as it is.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "runtime/graph/graph.h"
#include "runtime/program/domain.h"

namespace karnin {

using ValueId = int;

/// A factor and a summand for each channel, whose parameters a node has; with an epsilon those of
/// batch normalisation.
struct AffineNode {
  NodeId node = 0;
  std::optional<float> epsilon;
};

/// A layer to be made.
struct DraftStep {
  std::string name;
  Op op;
  std::vector<ValueId> srcs;
  ValueId dst = 0;
  NodeId node = 0;
  std::size_t number = 0;  ///< among the layers of the graph: inputs aren't counted
  Domain domain = Domain::onednn;
  std::size_t region = 0;  ///< of those of regions.h
  /// That its weights take in, in their order.
  std::vector<AffineNode> affines{};  // NOLINT(*-redundant-member-init): GCC asks for it
  bool adds = false;                  ///< a convolution, to whose output the second src is added
  bool relu = false;                  ///< then ends with max(x, 0)
  /// Or with this, of a convolution.
  std::optional<Activation> activation{};  // NOLINT(*-redundant-member-init): GCC asks for it
  bool pooled = false;  ///< then with a 2x2 max pool, whose extent that of dst is
};

struct Draft {
  std::vector<DraftStep> steps;  ///< each behind those that it reads
  std::vector<Extent> values;    ///< by ValueId; some of them nobody reads any more
  std::vector<ValueId> inputs, outputs;

  const Extent& src(const DraftStep& step) const { return value(step.srcs.front()); }
  const Extent& dst(const DraftStep& step) const { return value(step.dst); }
  const Extent& value(ValueId id) const { return values[static_cast<std::size_t>(id)]; }

  /// The step that alone reads a value, which is no output; nothing where there is none such. Only
  /// then may a pass join the two or change what lies between.
  std::optional<std::size_t> only_reader(ValueId value) const;
  /// Whoever reads `from` reads `to` from now on, whoever wants the outputs included.
  void redirect(ValueId from, ValueId to);
  void erase(std::size_t step);
};

/// The nodes one by one; a value has the number of its node. Throws ShapeError for an unsound
/// graph.
Draft draft_of(const Graph& graph);

}  // namespace karnin
