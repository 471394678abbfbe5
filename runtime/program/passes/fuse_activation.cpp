#include "runtime/program/passes/passes.h"

namespace karnin {
namespace {

bool may_end_with(const DraftStep& step) {
  const bool by_onednn = step.domain != Domain::lanes && step.domain != Domain::sparse_planes;
  return is<Conv2d>(step.op) && by_onednn && !step.relu && !step.activation && !step.pooled;
}

/// Those made of comparisons, products and sums alone, which leave the zeros of padded channels.
bool is_fusible(const Activation& op) {
  return op.keeps_zero() &&
         (op.kind == ActivationKind::clip || op.kind == ActivationKind::leaky_relu ||
          op.kind == ActivationKind::hard_swish);
}

}  // namespace

void fuse_activation(Draft& draft) {
  for (std::size_t i = 0; i < draft.steps.size(); ++i) {
    DraftStep& step = draft.steps[i];
    if (!may_end_with(step)) continue;
    const auto reader = draft.only_reader(step.dst);
    if (!reader) continue;
    const auto* op = std::get_if<Activation>(&draft.steps[*reader].op);
    if (op == nullptr || !is_fusible(*op)) continue;
    step.activation = *op;
    step.dst = draft.steps[*reader].dst;
    draft.erase(*reader);
  }
}

}  // namespace karnin
