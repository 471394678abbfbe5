#include "runtime/program/passes/passes.h"

namespace karnin {
namespace {

/// The channels of what comes out are the rows of its weights.
bool has_rows(const DraftStep& step) { return is<Conv2d>(step.op) || is<FullyConnected>(step.op); }

bool is_affine(const Op& op) { return is<BatchNorm>(op) || is<ChannelAffine>(op); }

}  // namespace

void fold_affine(Draft& draft) {
  for (std::size_t i = 0; i < draft.steps.size(); ++i) {
    if (!has_rows(draft.steps[i]) || draft.steps[i].relu || draft.steps[i].pooled) continue;
    for (;;) {
      const auto reader = draft.only_reader(draft.steps[i].dst);
      if (!reader || !is_affine(draft.steps[*reader].op)) break;
      const auto* norm = std::get_if<BatchNorm>(&draft.steps[*reader].op);
      draft.steps[i].affines.push_back(
          {draft.steps[*reader].node, norm ? std::optional(norm->epsilon) : std::nullopt});
      draft.steps[i].dst = draft.steps[*reader].dst;
      draft.erase(*reader);
    }
  }
}

}  // namespace karnin
