// The size of a core's first-level data cache.
#pragma once

#include <cstdint>

namespace karnin {

/// 32 KB where the system doesn't say.
std::int64_t first_cache_bytes();

}  // namespace karnin
