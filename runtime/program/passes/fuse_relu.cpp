#include "runtime/program/passes/passes.h"

namespace karnin {

void fuse_relu(Draft& draft) {
  for (std::size_t i = 0; i < draft.steps.size(); ++i) {
    if (!is<Conv2d>(draft.steps[i].op) && !is<FullyConnected>(draft.steps[i].op)) continue;
    for (;;) {
      const auto reader = draft.only_reader(draft.steps[i].dst);
      if (!reader || !is<Relu>(draft.steps[*reader].op)) break;
      draft.steps[i].relu = true;
      draft.steps[i].dst = draft.steps[*reader].dst;
      draft.erase(*reader);
    }
  }
}

}  // namespace karnin
