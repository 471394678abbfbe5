// An op in a few words, for tables.
#pragma once

#include <string>

#include "runtime/graph/op.h"

namespace karnin {

/// "conv 3x3 stride 2x2 padding 1x1"; nothing of an input.
std::string op_text(const Op& op);

}  // namespace karnin
