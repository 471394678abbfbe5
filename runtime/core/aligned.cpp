#include "runtime/core/aligned.h"

#include <algorithm>
#include <new>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace karnin {
namespace {

constexpr std::size_t kHugePage = std::size_t{2} << 20;
constexpr std::size_t kLarge = 2 * kHugePage;  // what is rounded up to huge pages wastes a third

std::align_val_t alignment(std::size_t bytes) {
  return std::align_val_t{bytes < kLarge ? kCacheLine : kHugePage};
}

}  // namespace

void* allocate_aligned(std::size_t bytes) {
  if (bytes < kLarge) return ::operator new(bytes, alignment(bytes));
  const std::size_t whole = (bytes + kHugePage - 1) / kHugePage * kHugePage;
  void* const pointer = ::operator new(std::max(bytes, whole), alignment(bytes));
#ifdef MADV_HUGEPAGE
  // Only advice: without huge pages, everything works as before.
  if (whole >= bytes) static_cast<void>(::madvise(pointer, whole, MADV_HUGEPAGE));
#endif
  return pointer;
}

void deallocate_aligned(void* pointer, std::size_t bytes) noexcept {
  ::operator delete(pointer, alignment(bytes));
}

}  // namespace karnin
