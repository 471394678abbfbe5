#include "runtime/core/first_cache.h"

#include <unistd.h>

namespace karnin {

std::int64_t first_cache_bytes() {
  static const std::int64_t bytes = sysconf(_SC_LEVEL1_DCACHE_SIZE);
  return bytes > 0 ? bytes : std::int64_t{32} << 10;
}

}  // namespace karnin
