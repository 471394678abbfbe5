#include <utility>

#include "runtime/program/passes/passes.h"

namespace karnin {
namespace {

bool is_max_pool(const Op& op) {
  const auto* pool = std::get_if<Pool2d>(&op);
  return pool != nullptr && pool->kind == PoolKind::max;
}

}  // namespace

/// a -> ReLU -> b -> pool -> c becomes a -> pool -> b -> ReLU -> c.
void move_relu_behind_max_pool(Draft& draft) {
  for (std::size_t i = 0; i < draft.steps.size(); ++i) {
    DraftStep& relu = draft.steps[i];
    if (!is<Relu>(relu.op)) continue;
    const auto reader = draft.only_reader(relu.dst);
    if (!reader || !is_max_pool(draft.steps[*reader].op)) continue;
    DraftStep& pool = draft.steps[*reader];
    draft.values[static_cast<std::size_t>(relu.dst)] = draft.dst(pool);
    std::swap(relu.srcs, pool.srcs);
    std::swap(relu.dst, pool.dst);
    std::swap(relu, pool);
  }
}

}  // namespace karnin
