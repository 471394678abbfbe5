#include "runtime/program/lowering.h"

#include <algorithm>
#include <map>
#include <utility>

#include "runtime/core/error.h"
#include "runtime/layers/convolution_planes.h"
#include "runtime/layers/reorder.h"
#include "runtime/layers/reorder_lanes.h"
#include "runtime/program/layer_choice.h"
#include "runtime/program/passes/passes.h"
#include "runtime/program/regions.h"

namespace karnin {
namespace {

ByRole<Slot> slots_of(std::span<const ParameterSpec> specs, NodeId node) {
  ByRole<Slot> slots;
  for (const Role role : kRoles)
    if (const auto found = find_parameter(specs, node, role))
      slots[role] = {*found, static_cast<std::size_t>(element_count(specs[*found].dims))};
  return slots;
}

/// One domain for each region, but for what it has no layer for.
void choose_domains(Draft& draft, const ProgramOptions& options) {
  const auto fits = [&](const DraftStep& step) {
    return ConvolutionPlanesLayer::covers(draft.src(step), draft.dst(step), options.images);
  };
  const auto has_own = [&](const DraftStep& step, Domain domain) {
    return has_layer(step.op, domain, draft.src(step), draft.dst(step), options.purpose);
  };
  const std::vector<Region> regions = regions_of(draft);
  options.domain.check(regions.size());
  for (std::size_t region = 0; region < regions.size(); ++region) {
    const auto [begin, end] = regions[region];
    const auto steps = std::span(draft.steps).subspan(begin, end - begin);
    const Domain wanted = options.domain.of(region);
    const bool too_large = wanted == Domain::planes && !std::ranges::all_of(steps, fits);
    for (DraftStep& step : steps) {
      step.domain = too_large || !has_own(step, wanted) ? Domain::onednn : wanted;
      step.region = region;
    }
  }
}

/// Makes step after step.
class Lowering {
 public:
  Lowering(const Graph& graph, const Draft& draft, const ProgramOptions& options)
      : draft_(draft), options_(options), specs_(parameter_specs(graph)) {
    input_extent(graph);
    if (options.purpose == Purpose::training) sole_output(graph);
    lowered_.purpose = options.purpose;
    const ValueId image = draft.inputs.front();
    lowered_.input = add_value({options.images, draft.value(image), Layout::nchw});
    lowered_as_[image] = lowered_.input;
  }

  Lowered run() && {
    for (const DraftStep& step : draft_.steps) {
      add(step);
      if (std::ranges::count(draft_.outputs, step.dst) > 0) plain(step.dst, step.name);
    }
    for (const ValueId output : draft_.outputs) lowered_.outputs.push_back(plain(output, "input"));
    for (const Step& step : lowered_.steps)
      if (!lowered_.is_output(step.dst) && value(step.dst).consumers.empty())
        throw ShapeError("layer '" + step.layer->name() + "': nobody reads what it gives");
    return std::move(lowered_);
  }

 private:
  const Value& value(ValueId id) const { return lowered_.value(id); }

  void add(const DraftStep& step) {
    region_ = step.region;
    std::vector<ValueId> srcs;
    for (const ValueId src : step.srcs) srcs.push_back(lowered_as_.at(src));
    const Layout offered = value(srcs.front()).blob.layout;
    if (const auto wanted = wanted_layout(step, options_.purpose, offered))
      srcs.front() = in_layout(srcs.front(), *wanted, step.name);
    const Value& first = value(srcs.front());
    std::vector<Extent> extents;
    for (const ValueId src : step.srcs) extents.push_back(draft_.value(src));
    auto layer = make_layer(
        {step, options_, first.blob, std::move(extents), draft_.dst(step), first.wants_diff});
    for (std::size_t i = 0; i < srcs.size(); ++i)
      srcs[i] =
          in_layout(srcs[i], i == 0 ? layer->src().layout : layer->others_layout(), step.name);
    lowered_as_[step.dst] = add_step(std::move(layer), step.node, std::move(srcs));
    for (const auto& [node, epsilon] : step.affines)
      lowered_.steps.back().affines.push_back({slots_of(specs_, node), epsilon});
  }

  /// The same value in another layout; made once for all that want it. Lanes come from plain order
  /// and go back to it: blocks of channels are two reorders away.
  ValueId in_layout(ValueId id, Layout layout, const std::string& before) {
    const Layout from = value(id).blob.layout;
    if (from == layout) return id;
    if (from != Layout::nchw && layout != Layout::nchw &&
        (from == lanes_layout() || layout == lanes_layout()))
      return in_layout(in_layout(id, Layout::nchw, before), layout, before);
    const auto [known, added] = reordered_.try_emplace({id, layout}, 0);
    if (added) known->second = add_step(reorder(id, layout, before), kNoNode, {id});
    return known->second;
  }

  /// An output, as it comes out: reordered in the region that makes it.
  ValueId plain(ValueId output, const std::string& name) {
    const std::string& what = draft_.outputs.size() == 1 ? "logits" : name;
    return in_layout(lowered_as_.at(output), Layout::nchw, what);
  }

  std::unique_ptr<Layer> reorder(ValueId id, Layout layout, const std::string& before) const {
    const Blob& src = value(id).blob;
    const bool into_lanes = layout == lanes_layout();
    if (into_lanes || src.layout == lanes_layout()) {
      const std::string what = id == lowered_.input ? "images" : before;
      return std::make_unique<ReorderLanesLayer>(what + (into_lanes ? " to lanes" : " from lanes"),
                                                 src, layout);
    }
    return std::make_unique<ReorderLayer>("reorder for " + before, src, layout);
  }

  ValueId add_value(const Blob& blob) {
    lowered_.values.push_back({blob, kNoStep, {}, false});
    return static_cast<ValueId>(lowered_.values.size()) - 1;
  }

  ValueId add_step(std::unique_ptr<Layer> layer, NodeId node, std::vector<ValueId> srcs) {
    const auto id = static_cast<StepId>(lowered_.steps.size());
    const ValueId dst = add_value(layer->dst());
    Step step{std::move(layer), node, region_, std::move(srcs), dst, slots_of(specs_, node)};
    bool wants_diff = step.has_parameters();
    for (const ValueId src : step.srcs) {
      Value& read = lowered_.values[static_cast<std::size_t>(src)];
      read.consumers.push_back(id);
      wants_diff = wants_diff || read.wants_diff;
    }
    Value& written = lowered_.values[static_cast<std::size_t>(dst)];
    written.producer = id;
    written.wants_diff = wants_diff && options_.purpose == Purpose::training;
    lowered_.steps.push_back(std::move(step));
    return dst;
  }

  const Draft& draft_;
  const ProgramOptions& options_;
  std::vector<ParameterSpec> specs_;
  Lowered lowered_;
  std::map<ValueId, ValueId> lowered_as_;  // values of the draft
  std::map<std::pair<ValueId, Layout>, ValueId> reordered_;
  std::size_t region_ = 0;  // that is being made
};

}  // namespace

Draft make_draft(const Graph& graph, const ProgramOptions& options) {
  Draft draft = draft_of(graph);
  const bool training = options.purpose == Purpose::training;
  remove_idle_dropout(draft, options.purpose);
  if (options.logits) remove_final_softmax(draft);
  if (training) move_relu_behind_max_pool(draft);
  if (draft.steps.empty())
    throw ShapeError("architecture: no layer is left that computes anything");
  choose_domains(draft, options);
  if (!training) fold_affine(draft);
  // A ReLU behind the pool is to join both, and one in front of it the convolution alone.
  if (training) fuse_max_pool(draft, options.purpose);
  if (!training) fuse_add(draft);
  fuse_relu(draft);
  if (!training) fuse_activation(draft);
  if (!training) fuse_max_pool(draft, options.purpose);
  return draft;
}

Lowered lower(const Graph& graph, const ProgramOptions& options) {
  return Lowering(graph, make_draft(graph, options), options).run();
}

}  // namespace karnin
