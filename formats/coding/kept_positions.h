// The kept weights of a mask, one after the other.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

#include "runtime/graph/model.h"

namespace karnin {

/// Calls visit(index) for every 1 of the mask. Eight bytes a look: most of a sparse mask is zeros.
template <typename Visit>
void for_each_kept(const Mask& mask, Visit&& visit) {
  static_assert(std::endian::native == std::endian::little, "the lowest byte comes first");
  std::size_t first = 0;
  for (; first + sizeof(std::uint64_t) <= mask.size(); first += sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    std::memcpy(&word, mask.data() + first, sizeof word);
    for (; word != 0; word &= word - 1)
      visit(first + static_cast<std::size_t>(std::countr_zero(word)) / 8);
  }
  for (; first < mask.size(); ++first)
    if (mask[first] != 0) visit(first);
}

}  // namespace karnin
