// What anybody asked the heap for. Linking allocation_meter.cpp into a test program replaces
// operator new there, for the libraries that it loads too; malloc() called directly is not seen.
#pragma once

#include <cstddef>

namespace karnin::test {

/// Forgets what was asked for so far.
void reset_largest_allocation();

/// The largest block since the last reset, in bytes, of all threads: shows whether a reader
/// believes a size before it has checked it.
std::size_t largest_allocation();

/// Bytes that are taken and not given back; the most of them since the last reset.
std::size_t held_bytes();
void reset_most_held_bytes();
std::size_t most_held_bytes();

/// How often action() called operator new, in all threads. Calls from inside oneDNN's own library
/// don't count: it makes its map of arguments anew for every primitive, and nobody but it can help
/// that.
std::size_t count_allocations(const auto& action);

void start_counting();
std::size_t stop_counting();

std::size_t count_allocations(const auto& action) {
  start_counting();
  action();
  return stop_counting();
}

}  // namespace karnin::test
