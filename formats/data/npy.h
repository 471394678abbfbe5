// .npy, the file form of NumPy's arrays, versions 1.0 to 3.0.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace karnin {

struct NpyArray {
  std::string type;                 ///< NumPy's: "u1", "f4", "i8", ...; little-endian
  std::vector<std::int64_t> dims;   ///< none of them 0
  std::vector<std::uint8_t> bytes;  ///< row-major; dims and type say how many
  std::size_t header_bytes = 0;     ///< bytes[i] lies at header_bytes + i of the file

  std::int64_t elements() const;
  std::size_t item_bytes() const { return bytes.size() / static_cast<std::size_t>(elements()); }
};

/// An array of integers, or of floats of 4 or 8 bytes. Throws FileError where the file cannot be
/// read, is unsound, is not exactly as long as its header says, or holds something else: other
/// types, big-endian numbers, columns before rows.
NpyArray read_npy(const std::filesystem::path& path);

/// As floats. Throws FileError, naming `path`, for integers, NaN and what is no finite float.
std::vector<float> npy_floats(const NpyArray& array, const std::filesystem::path& path);

/// As integers from 0 to `most`. Throws FileError, naming `path`, for floats and other numbers.
std::vector<std::uint8_t> npy_labels(const NpyArray& array, std::uint8_t most,
                                     const std::filesystem::path& path);

/// The file, version 1.0, of an array of floats; values.size() is the product of dims.
std::vector<std::uint8_t> encode_npy(std::span<const std::int64_t> dims,
                                     std::span<const float> values);

}  // namespace karnin
