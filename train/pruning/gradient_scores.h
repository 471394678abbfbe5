// Scores from the gradients of a trained network, on images of one's choice:
//
//   taylor   |mean of g times w|             the loss that a weight's removal costs, to first order
//                                            (Molchanov et al., arXiv:1611.06440, eq. 7). On fresh
//                                            weights it is SNIP (Lee et al., arXiv:1810.02340).
//   fisher   mean of g^2 times w^2 / 2       the same to second order at a minimum, with Fisher's
//                                            information for the curvature (LeCun, Denker and
//                                            Solla, Optimal Brain Damage, 1990; Theis et al.,
//                                            arXiv:1801.05787, eq. 7)
//
// g is the gradient of one image's loss, and means are over images.
#pragma once

#include <cstdint>
#include <vector>

#include "formats/data/dataset.h"
#include "runtime/graph/model.h"

namespace karnin {

struct GradientScoreOptions {
  std::int64_t images = 1000;  ///< drawn at random from all; all if there are fewer
  std::uint64_t seed = 1;
};

/// "taylor" and "fisher" of every weight, computed by one thread. Throws ArgumentError
/// for no images, ShapeError where they do not fit the model.
std::vector<Sensitivity> gradient_scores(const Model& model, const ImageSet& images,
                                         const GradientScoreOptions& options);

/// Appends them to what the model has recorded.
void add_gradient_scores(Model& model, const ImageSet& images, const GradientScoreOptions& options);

}  // namespace karnin
