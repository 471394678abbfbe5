#include "tests/support/failing_allocations.h"

#include <algorithm>
#include <cstdlib>
#include <new>

namespace karnin::test {
namespace {

thread_local int left = -1;  // allocations that still succeed; negative: no limit
thread_local bool persistent = false;
thread_local bool failed = false;

bool must_fail() {
  if (left < 0) return false;
  if (left > 0) {
    --left;
    return false;
  }
  failed = true;
  if (!persistent) left = -1;
  return true;
}

void* allocate(std::size_t size, std::size_t alignment) {
  void* pointer = nullptr;
  if (must_fail() || posix_memalign(&pointer, std::max(alignment, sizeof(void*)), size) != 0)
    throw std::bad_alloc();
  return pointer;
}

}  // namespace

FailingAllocations::FailingAllocations(int nth, bool for_good) {
  failed = false;
  persistent = for_good;
  left = nth;
}

FailingAllocations::~FailingAllocations() { left = -1; }

bool FailingAllocations::happened() const { return failed; }

}  // namespace karnin::test

void* operator new(std::size_t size) {
  return karnin::test::allocate(size, __STDCPP_DEFAULT_NEW_ALIGNMENT__);
}
void* operator new(std::size_t size, std::align_val_t alignment) {
  return karnin::test::allocate(size, static_cast<std::size_t>(alignment));
}
/// Of std::stable_sort(), which does without.
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  try {
    return karnin::test::allocate(size, __STDCPP_DEFAULT_NEW_ALIGNMENT__);
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}
void operator delete(void* pointer) noexcept { std::free(pointer); }
void operator delete(void* pointer, std::size_t) noexcept { std::free(pointer); }
void operator delete(void* pointer, std::align_val_t) noexcept { std::free(pointer); }
void operator delete(void* pointer, std::size_t, std::align_val_t) noexcept { std::free(pointer); }
