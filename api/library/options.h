// Options as a caller of any age has them: a struct that begins with its size.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <span>
#include <string>

#include "runtime/core/error.h"

namespace karnin::api {

/// Far above what any struct of options will have.
inline constexpr std::size_t kMaxOptionsBytes = 4096;

/// What `given` says, `defaults` where it is NULL or ends before. `least` is the size of the first
/// version. A newer caller may have more fields, which must be 0: others ask for what isn't here.
template <typename Options>
Options read_options(const Options* given, const Options& defaults, std::size_t least,
                     const std::string& name) {
  if (given == nullptr) return defaults;
  const std::size_t size = given->struct_size;
  if (size < least || size > kMaxOptionsBytes)
    throw ArgumentError(name + ".struct_size: expected " + std::to_string(sizeof(Options)) +
                        ", got " + std::to_string(size));
  const std::span bytes(reinterpret_cast<const unsigned char*>(given), size);
  Options result = defaults;
  std::memcpy(&result, given, std::min(size, sizeof(Options)));
  if (size > sizeof(Options) &&
      std::ranges::any_of(bytes.subspan(sizeof(Options)), [](auto byte) { return byte != 0; }))
    throw ArgumentError(name + ": expected no options newer than this library, got some");
  return result;
}

}  // namespace karnin::api
