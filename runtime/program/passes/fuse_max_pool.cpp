#include "runtime/program/passes/passes.h"

namespace karnin {
namespace {

bool takes_pool(const DraftStep& step, Purpose purpose) {
  const auto* conv = std::get_if<Conv2d>(&step.op);
  return conv != nullptr && *conv == Conv2d{conv->oc, conv->kh, conv->kw} && !step.adds &&
         !step.activation &&
         (step.domain == Domain::planes ||
          (step.domain == Domain::lanes && purpose == Purpose::inference));
}

}  // namespace

void fuse_max_pool(Draft& draft, Purpose purpose) {
  for (std::size_t i = 0; i < draft.steps.size(); ++i) {
    if (draft.steps[i].pooled || !takes_pool(draft.steps[i], purpose)) continue;
    const auto reader = draft.only_reader(draft.steps[i].dst);
    if (!reader || draft.steps[*reader].domain != draft.steps[i].domain) continue;
    const auto* pool = std::get_if<Pool2d>(&draft.steps[*reader].op);
    if (pool == nullptr || *pool != Pool2d{}) continue;
    draft.steps[i].pooled = true;
    draft.steps[i].dst = draft.steps[*reader].dst;
    draft.erase(*reader);
  }
}

}  // namespace karnin
