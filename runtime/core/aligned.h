// Heap arrays that start on a cache line, so that whole-vector loads never split one; large ones in
// huge pages where the system has them, so that a walk through them seldom waits for an address.
#pragma once

#include <cstddef>
#include <vector>

namespace karnin {

inline constexpr std::size_t kCacheLine = 64;

/// `bytes` from the heap, from a cache line on. Throws std::bad_alloc.
void* allocate_aligned(std::size_t bytes);
/// What allocate_aligned(bytes) gave.
void deallocate_aligned(void* pointer, std::size_t bytes) noexcept;

/// Standard allocator with cache-line alignment. allocate() throws std::bad_alloc like any other.
template <typename T>
struct AlignedAllocator {
  using value_type = T;
  AlignedAllocator() = default;
  template <typename U>
  // NOLINTNEXTLINE(google-explicit-constructor): an allocator converts implicitly
  AlignedAllocator(const AlignedAllocator<U>& /*other*/) noexcept {}

  T* allocate(std::size_t count) { return static_cast<T*>(allocate_aligned(count * sizeof(T))); }
  void deallocate(T* pointer, std::size_t count) noexcept {
    deallocate_aligned(pointer, count * sizeof(T));
  }
  bool operator==(const AlignedAllocator& /*other*/) const { return true; }
};

template <typename T>
using AlignedVector = std::vector<T, AlignedAllocator<T>>;

}  // namespace karnin
