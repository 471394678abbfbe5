#include "tests/support/allocation_meter.h"

#include <dlfcn.h>
#include <malloc.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <new>
#include <string_view>

namespace karnin::test {
namespace {

std::atomic<std::size_t> largest = 0;
std::atomic<std::size_t> held = 0;
std::atomic<std::size_t> most_held = 0;
std::atomic<std::size_t> counted = 0;
std::atomic<bool> counting = false;

bool is_in_onednn(const void* address) {
  Dl_info info{};
  return dladdr(address, &info) != 0 && info.dli_fname != nullptr &&
         std::string_view(info.dli_fname).find("libdnnl") != std::string_view::npos;
}

void* allocate(std::size_t size, std::size_t alignment, const void* caller) {
  largest = std::max(largest.load(), size);
  if (counting && !is_in_onednn(caller)) ++counted;
  void* pointer = nullptr;
  const std::size_t least = std::max(alignment, sizeof(void*));
  if (posix_memalign(&pointer, least, size) != 0) throw std::bad_alloc();
  held += malloc_usable_size(pointer);
  most_held = std::max(most_held.load(), held.load());
  return pointer;
}

void release(void* pointer) noexcept {
  held -= malloc_usable_size(pointer);
  std::free(pointer);
}

}  // namespace

void reset_largest_allocation() { largest = 0; }
std::size_t largest_allocation() { return largest; }

std::size_t held_bytes() { return held; }
void reset_most_held_bytes() { most_held = held.load(); }
std::size_t most_held_bytes() { return most_held; }

void start_counting() {
  counted = 0;
  counting = true;
}

std::size_t stop_counting() {
  counting = false;
  return counted;
}

}  // namespace karnin::test

void* operator new(std::size_t size) {
  return karnin::test::allocate(size, __STDCPP_DEFAULT_NEW_ALIGNMENT__,
                                __builtin_return_address(0));
}
void* operator new(std::size_t size, std::align_val_t alignment) {
  return karnin::test::allocate(size, static_cast<std::size_t>(alignment),
                                __builtin_return_address(0));
}
/// Of std::stable_sort(), which does without: the one that a sanitizer brings would not know whose
/// memory it is.
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  try {
    return karnin::test::allocate(size, __STDCPP_DEFAULT_NEW_ALIGNMENT__,
                                  __builtin_return_address(0));
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}
void operator delete(void* pointer) noexcept { karnin::test::release(pointer); }
void operator delete(void* pointer, std::size_t) noexcept { karnin::test::release(pointer); }
void operator delete(void* pointer, std::align_val_t) noexcept { karnin::test::release(pointer); }
void operator delete(void* pointer, std::size_t, std::align_val_t) noexcept {
  karnin::test::release(pointer);
}
