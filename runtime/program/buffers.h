// Where the values of a program lie, and their gradients.
#pragma once

#include <optional>
#include <vector>

#include "runtime/program/lowering.h"

namespace karnin {

using BufferId = std::size_t;

/// A gradient that one reader of a shared value leaves beside the sum of the others', to be added.
struct Addend {
  std::size_t src = 0;  ///< which of the step's
  BufferId buffer = 0;
};

/// Gradients lie apart from values: they soon make room for each other, and what was made on the
/// way forward is read once more on the way back.
struct BufferPlan {
  std::vector<std::size_t> value_floats, diff_floats;  ///< by buffer
  std::vector<BufferId> values;                        ///< by value
  std::vector<std::optional<BufferId>> diffs;          ///< by value; none where nobody wants it
  std::vector<std::vector<Addend>> addends;            ///< by step
};

/// Steps run forward one after the other and, in training, backward in reverse order. A value is
/// kept until the last step that reads or made it has gone back; the input belongs to the caller
/// and is never overwritten. A layer works in place where it alone reads what it overwrites. The
/// gradient of a value is what its last reader writes first; the others add theirs in the order in
/// which they go back.
BufferPlan plan_buffers(const Lowered& program);

}  // namespace karnin
