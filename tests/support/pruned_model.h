// A model whose fully connected layers lost a known share of their weights.
#pragma once

#include "runtime/graph/model.h"

namespace karnin::test {

/// Prunes every weight matrix with more than one column whose index hashes below `sparsity`.
inline void prune_matrices(Model& model, double sparsity) {
  for (Parameter& parameter : model.parameters) {
    if (parameter.value.dims().size() != 2) continue;
    parameter.mask.assign(static_cast<std::size_t>(parameter.value.size()), 1);
    for (std::size_t i = 0; i < parameter.mask.size(); ++i) {
      const double u = static_cast<double>((i * 2654435761U) % 65536U) / 65536.0;
      if (u >= sparsity) continue;
      parameter.mask[i] = 0;
      parameter.value.data()[i] = 0.0F;
    }
  }
}

}  // namespace karnin::test
