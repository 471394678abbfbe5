// Heap arrays that start on a cache line, so that whole-vector loads never split one.
#pragma once

#include <cstddef>
#include <new>
#include <vector>

namespace karnin {

inline constexpr std::size_t kCacheLine = 64;

/// Standard allocator with cache-line alignment. allocate() throws std::bad_alloc like any other.
template <typename T>
struct AlignedAllocator {
  using value_type = T;
  AlignedAllocator() = default;
  template <typename U>
  // NOLINTNEXTLINE(google-explicit-constructor): an allocator converts implicitly
  AlignedAllocator(const AlignedAllocator<U>& /*other*/) noexcept {}

  T* allocate(std::size_t count) {
    return static_cast<T*>(::operator new(count * sizeof(T), std::align_val_t{kCacheLine}));
  }
  void deallocate(T* pointer, std::size_t /*count*/) noexcept {
    ::operator delete(pointer, std::align_val_t{kCacheLine});
  }
  bool operator==(const AlignedAllocator& /*other*/) const { return true; }
};

template <typename T>
using AlignedVector = std::vector<T, AlignedAllocator<T>>;

}  // namespace karnin
