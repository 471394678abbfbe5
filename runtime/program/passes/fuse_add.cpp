#include <algorithm>

#include "runtime/program/passes/passes.h"

namespace karnin {
namespace {

bool may_add(const DraftStep& step) {
  return is<Conv2d>(step.op) && !step.adds && !step.relu && !step.activation && !step.pooled;
}

/// Whether a value is there before step `end` runs.
bool is_there(const Draft& draft, ValueId value, std::size_t end) {
  const auto later = std::span(draft.steps).subspan(end);
  return std::ranges::count(later, value, &DraftStep::dst) == 0;
}

}  // namespace

void fuse_add(Draft& draft) {
  for (std::size_t i = 0; i < draft.steps.size(); ++i) {
    if (!may_add(draft.steps[i])) continue;
    const auto reader = draft.only_reader(draft.steps[i].dst);
    if (!reader || !is<Add>(draft.steps[*reader].op)) continue;
    const DraftStep& add = draft.steps[*reader];
    const ValueId other = add.srcs[add.srcs[0] == draft.steps[i].dst ? 1 : 0];
    if (!is_there(draft, other, i)) continue;
    draft.steps[i].adds = true;
    draft.steps[i].srcs.push_back(other);
    draft.steps[i].dst = add.dst;
    draft.erase(*reader);
  }
}

}  // namespace karnin
