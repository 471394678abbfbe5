#include "runtime/layers/rewrite.h"

#include <algorithm>

namespace karnin {
namespace {

template <typename Spec>
bool is(const Step& step) {
  return std::holds_alternative<Spec>(step.spec);
}

bool is_max_pool(const Step& step) {
  const auto* pool = std::get_if<Pool2d>(&step.spec);
  return pool != nullptr && pool->kind == PoolKind::max;
}

}  // namespace

std::vector<Step> steps_of(const Architecture& architecture) {
  const std::vector<Extent> extents = infer_extents(architecture);
  std::vector<Step> steps;
  for (std::size_t i = 0; i < extents.size(); ++i)
    steps.push_back({.name = architecture.nodes[i].name,
                     .spec = architecture.nodes[i].spec,
                     .src = i == 0 ? architecture.input : extents[i - 1],
                     .dst = extents[i],
                     .node = static_cast<int>(i)});
  return steps;
}

void remove_idle_dropout(std::vector<Step>& steps, Purpose purpose) {
  std::erase_if(steps, [&](const Step& step) {
    const auto* dropout = std::get_if<Dropout>(&step.spec);
    return dropout != nullptr && (purpose == Purpose::inference || dropout->rate == 0.0F);
  });
}

void move_relu_behind_max_pool(std::vector<Step>& steps) {
  for (std::size_t i = 0; i + 1 < steps.size(); ++i) {
    if (!is<Relu>(steps[i]) || !is_max_pool(steps[i + 1])) continue;
    std::swap(steps[i], steps[i + 1]);
    steps[i + 1].src = steps[i + 1].dst = steps[i].dst;
  }
}

void fuse_relu(std::vector<Step>& steps) {
  std::vector<Step> fused;
  for (Step& step : steps) {
    const bool fits =
        !fused.empty() && (is<Conv2d>(fused.back()) || is<FullyConnected>(fused.back()));
    if (is<Relu>(step) && fits)
      fused.back().relu = true;
    else
      fused.push_back(std::move(step));
  }
  steps = std::move(fused);
}

void fuse_max_pool(std::vector<Step>& steps) {
  std::vector<Step> fused;
  for (Step& step : steps) {
    const auto* pool = std::get_if<Pool2d>(&step.spec);
    const auto* conv = fused.empty() ? nullptr : std::get_if<Conv2d>(&fused.back().spec);
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
