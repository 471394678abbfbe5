// The largest block that anybody asked the heap for: shows whether a reader believes a size before
// it has checked it. Linking allocation_meter.cpp into a test program replaces operator new there.
#pragma once

#include <cstddef>

namespace karnin::test {

/// Forgets what was asked for so far.
void reset_largest_allocation();

/// In bytes, since the last reset, of all threads.
std::size_t largest_allocation();

}  // namespace karnin::test
