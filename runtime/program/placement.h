// Which tensors may share memory: those of which one is no longer wanted when the other one comes.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace karnin {

/// A tensor is wanted from one moment to another, both included.
struct Lifetime {
  int from = 0, to = 0;
  std::size_t floats = 0;
};

struct Placement {
  std::vector<std::size_t> buffers;  ///< of each tensor, its buffer
  std::vector<std::size_t> floats;   ///< of each buffer, the most that any of its tensors takes
};

/// Tensors that are wanted at the same moment get different buffers. Those that come first choose
/// first, of equals the one that is named first, and take the first buffer that is free: a chain
/// goes to and fro between two.
Placement place(std::span<const Lifetime> lifetimes);

}  // namespace karnin
