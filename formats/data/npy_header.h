// What stands before the numbers of a .npy file: a Python dictionary.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace karnin {

struct NpyHeader {
  std::string descr;  ///< "<f4", "|u1", ...
  bool fortran_order = false;
  std::vector<std::int64_t> dims;
  std::size_t bytes = 0;  ///< of all that stands before the numbers
};

/// Strict: the three keys, each once, in any order. Throws FileError with `path` in it.
NpyHeader parse_npy_header(std::span<const std::uint8_t> file, const std::string& path);

}  // namespace karnin
