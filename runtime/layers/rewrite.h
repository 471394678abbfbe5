// The rewrites that make a chain cheaper without changing what it computes.
#pragma once

#include <string>
#include <vector>

#include "runtime/graph/graph.h"
#include "runtime/layers/layer.h"

namespace karnin {

/// A layer to be made.
struct Step {
  std::string name;
  Op op;
  Extent src, dst;
  NodeId node = 0;
  std::size_t number = 0;  ///< among the layers: inputs aren't counted
  bool relu = false;       ///< ends with max(x, 0)
  bool pooled = false;     ///< then with a 2x2 max pool, whose extent dst is
};

/// The nodes one by one. Throws ShapeError for an unsound graph.
std::vector<Step> steps_of(const Graph& graph);

/// Dropout does nothing in inference, nor at rate 0.
void remove_idle_dropout(std::vector<Step>& steps, Purpose purpose);

/// ReLU, max pool -> max pool, ReLU: both are monotone, so the values are equal, and with
/// relu'(0) = 0 so is the gradient; what the ReLU touches is as many times smaller as a window has
/// pixels. For training, where the mask costs a pass over its tensor; in inference a ReLU inside
/// the convolution costs nothing.
void move_relu_behind_max_pool(std::vector<Step>& steps);

/// A ReLU right behind a convolution or fully connected layer becomes part of it.
void fuse_relu(std::vector<Step>& steps);

/// A 2x2 max pool right behind a convolution without stride and padding becomes part of it.
void fuse_max_pool(std::vector<Step>& steps);

}  // namespace karnin
