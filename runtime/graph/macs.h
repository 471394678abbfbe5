// How much work a network is.
#pragma once

#include <cstdint>

#include "runtime/graph/op.h"

namespace karnin {

/// Multiply-accumulates of an op for one image, taps in the padding included: what its weights do,
/// and nothing for ops that have none. srcs as extent() took them.
std::int64_t macs(const Op& op, Extents srcs);

}  // namespace karnin
