// Convolutions that the sparse kernels alone run.
#pragma once

#include <vector>

#include "tests/support/reference_conv.h"

namespace karnin::test {

/// Depthwise with one and two outputs of a channel, more channels than lie in a group of planes;
/// groups of several channels; pixels left out, with and without a stride.
inline std::vector<ConvCase> grouped_and_dilated() {
  return {
      {1, {200, 9, 16}, {.oc = 200, .kh = 3, .kw = 3, .ph = 1, .pw = 1, .groups = 200}},
      {1, {7, 10, 9}, {.oc = 14, .kh = 3, .kw = 3, .sh = 2, .sw = 2, .ph = {0, 1}, .groups = 7}},
      {1, {12, 7, 21}, {.oc = 9, .kh = 1, .kw = 3, .groups = 3}},
      {1, {3, 17, 19}, {.oc = 2, .kh = 3, .kw = 3, .ph = 2, .pw = 2, .dh = 2, .dw = 3}},
      {1, {2, 16, 15}, {.oc = 2, .kh = 2, .kw = 3, .sh = 2, .sw = 3, .dh = 3, .dw = 2}},
      {1, {4, 12, 40}, {.oc = 4, .kh = 3, .kw = 3, .ph = 3, .dh = 3, .groups = 4}}};
}

}  // namespace karnin::test
