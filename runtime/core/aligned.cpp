#include "runtime/core/aligned.h"

#include <new>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace karnin {
namespace {

constexpr std::size_t kHugePage = std::size_t{2} << 20;

std::align_val_t alignment(std::size_t bytes) {
  return std::align_val_t{bytes < 2 * kHugePage ? kCacheLine : kHugePage};
}

}  // namespace

void* allocate_aligned(std::size_t bytes) {
  void* const pointer = ::operator new(bytes, alignment(bytes));
#ifdef MADV_HUGEPAGE
  // Only advice, for as many as are whole: without huge pages, everything works as before.
  if (bytes >= 2 * kHugePage)
    static_cast<void>(::madvise(pointer, bytes / kHugePage * kHugePage, MADV_HUGEPAGE));
#endif
  return pointer;
}

void deallocate_aligned(void* pointer, std::size_t bytes) noexcept {
  ::operator delete(pointer, alignment(bytes));
}

}  // namespace karnin
