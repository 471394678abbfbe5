// The plots of a reproduction.
#pragma once

#include <span>

#include "formats/report/plot.h"
#include "train/experiments/reproduction.h"

namespace karnin {

Plot loss_figure(const Reproduction& results);      ///< the paper's figure 2
Plot accuracy_figure(const Reproduction& results);  ///< figure 6, accuracy
Plot removed_figure(const Reproduction& results);   ///< figure 6, synapses removed
Plot sparsity_figure(const Reproduction& results);  ///< every method, bands over seeds
Plot scores_figure(const Reproduction& results, std::size_t layer);  ///< of FC1 (0) or FC2 (1)
Plot dropout_figure(const Reproduction& results);                    ///< needs the dropout networks

struct Figure {
  const char* name = nullptr;  ///< of its file
  Plot (*draw)(const Reproduction& results) = nullptr;
  bool needs_dropout = false;
};

/// All of the above.
std::span<const Figure> figures();

}  // namespace karnin
