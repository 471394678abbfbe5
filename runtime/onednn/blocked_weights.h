// Parameters in the layout that a primitive wants, copied from the plain one.
#pragma once

#include "runtime/onednn/command.h"

namespace karnin::onednn {

/// Read by all workers, written only between their runs.
class BlockedWeights {
 public:
  BlockedWeights(const Desc& plain, const Desc& blocked)
      : memory_(make_memory(blocked)),
        reorder_(prepare_reorder(plain, blocked),
                 {{DNNL_ARG_FROM, view(plain, nullptr)}, {DNNL_ARG_TO, memory_}}) {}

  const dnnl::memory& memory() const { return memory_; }

  void update(const float* plain) {
    reorder_.rebind(DNNL_ARG_FROM, const_cast<float*>(plain));
    reorder_.run();
  }

 private:
  dnnl::memory memory_;
  Command reorder_;
};

}  // namespace karnin::onednn
