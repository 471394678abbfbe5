#include "tests/support/allocation_meter.h"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <new>

namespace karnin::test {
namespace {

std::atomic<std::size_t> largest = 0;

void* allocate(std::size_t size, std::size_t alignment) {
  largest = std::max(largest.load(), size);
  void* pointer = nullptr;
  const std::size_t least = std::max(alignment, sizeof(void*));
  if (posix_memalign(&pointer, least, size) != 0) throw std::bad_alloc();
  return pointer;
}

}  // namespace

void reset_largest_allocation() { largest = 0; }
std::size_t largest_allocation() { return largest; }

}  // namespace karnin::test

void* operator new(std::size_t size) {
  return karnin::test::allocate(size, __STDCPP_DEFAULT_NEW_ALIGNMENT__);
}
void* operator new(std::size_t size, std::align_val_t alignment) {
  return karnin::test::allocate(size, static_cast<std::size_t>(alignment));
}
void operator delete(void* pointer) noexcept { std::free(pointer); }
void operator delete(void* pointer, std::size_t) noexcept { std::free(pointer); }
void operator delete(void* pointer, std::align_val_t) noexcept { std::free(pointer); }
void operator delete(void* pointer, std::size_t, std::align_val_t) noexcept { std::free(pointer); }
