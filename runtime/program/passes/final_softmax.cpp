#include "runtime/program/passes/passes.h"

namespace karnin {

void remove_final_softmax(Draft& draft) {
  for (std::size_t i = draft.steps.size(); i-- > 0;) {
    const DraftStep step = draft.steps[i];
    if (!is<Softmax>(step.op) || draft.outputs != std::vector{step.dst}) continue;
    draft.erase(i);
    draft.redirect(step.dst, step.srcs.front());
  }
}

}  // namespace karnin
