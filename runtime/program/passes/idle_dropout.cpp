#include "runtime/program/passes/passes.h"

namespace karnin {

void remove_idle_dropout(Draft& draft, Purpose purpose) {
  for (std::size_t i = draft.steps.size(); i-- > 0;) {
    const DraftStep step = draft.steps[i];
    const auto* dropout = std::get_if<Dropout>(&step.op);
    if (dropout == nullptr || (purpose == Purpose::training && dropout->rate != 0.0F)) continue;
    draft.erase(i);
    draft.redirect(step.dst, step.srcs.front());
  }
}

}  // namespace karnin
