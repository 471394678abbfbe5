#include "runtime/layers/rewrite.h"

#include <algorithm>

namespace karnin {
namespace {

bool is_max_pool(const Step& step) {
  const auto* pool = std::get_if<Pool2d>(&step.op);
  return pool != nullptr && pool->kind == PoolKind::max;
}

}  // namespace

std::vector<Step> steps_of(const Graph& graph) {
  const std::vector<Extent> extents = infer_extents(graph);
  require_chain(graph);
  std::vector<Step> steps;
  for (std::size_t i = 1; i < extents.size(); ++i)
    steps.push_back({.name = graph.nodes[i].name,
                     .op = graph.nodes[i].op,
                     .src = extents[i - 1],
                     .dst = extents[i],
                     .node = static_cast<NodeId>(i),
                     .number = i - 1});
  return steps;
}

void remove_idle_dropout(std::vector<Step>& steps, Purpose purpose) {
  std::erase_if(steps, [&](const Step& step) {
    const auto* dropout = std::get_if<Dropout>(&step.op);
    return dropout != nullptr && (purpose == Purpose::inference || dropout->rate == 0.0F);
  });
}

void move_relu_behind_max_pool(std::vector<Step>& steps) {
  for (std::size_t i = 0; i + 1 < steps.size(); ++i) {
    if (!is<Relu>(steps[i].op) || !is_max_pool(steps[i + 1])) continue;
    std::swap(steps[i], steps[i + 1]);
    steps[i + 1].src = steps[i + 1].dst = steps[i].dst;
  }
}

void fuse_relu(std::vector<Step>& steps) {
  std::vector<Step> fused;
  for (Step& step : steps) {
    const bool fits =
        !fused.empty() && (is<Conv2d>(fused.back().op) || is<FullyConnected>(fused.back().op));
    if (is<Relu>(step.op) && fits)
      fused.back().relu = true;
    else
      fused.push_back(std::move(step));
  }
  steps = std::move(fused);
}

void fuse_max_pool(std::vector<Step>& steps) {
  std::vector<Step> fused;
  for (Step& step : steps) {
    const auto* pool = std::get_if<Pool2d>(&step.op);
    const auto* conv = fused.empty() ? nullptr : std::get_if<Conv2d>(&fused.back().op);
    if (pool == nullptr || *pool != Pool2d{} || conv == nullptr || fused.back().pooled ||
        *conv != Conv2d{conv->oc, conv->kh, conv->kw}) {
      fused.push_back(std::move(step));
      continue;
    }
    fused.back().pooled = true;
    fused.back().dst = step.dst;
  }
  steps = std::move(fused);
}

}  // namespace karnin
