// A network without what a layer's own weights can do.
#pragma once

#include "runtime/graph/model.h"

namespace karnin {

/// The same network where batch norms and channel affines right behind a convolution or a fully
/// connected layer, whose value nobody else wants, are written into its weights and bias; all
/// others stay. Masks stay, and so do names; sensitivities, of weights that were others, don't.
/// Throws ShapeError for an unsound graph.
Model fold_affines(Model model);

}  // namespace karnin
