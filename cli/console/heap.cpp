#include "cli/console/heap.h"

#include <malloc.h>

namespace karnin::cli {

/// The C library of GNU raises this bound to the largest block that was ever freed, unless it is
/// set.
void give_large_blocks_back() {
#ifdef M_MMAP_THRESHOLD
  constexpr int kLarge = 1 << 20;
  mallopt(M_MMAP_THRESHOLD, kLarge);
#endif
}

}  // namespace karnin::cli
