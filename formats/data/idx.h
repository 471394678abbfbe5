// IDX, the file form of MNIST and its descendants: a big-endian header, then bytes. Plain or gzip.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

namespace karnin {

struct IdxArray {
  std::vector<std::uint32_t> dims;
  std::vector<std::uint8_t> values;  ///< the product of dims
  std::size_t header_bytes = 0;      ///< values[i] lies at header_bytes + i of the unpacked file
};

/// The dimensions alone, which the first bytes tell: the values are neither read nor compared with
/// them. Throws FileError as read_idx() does for the header.
std::vector<std::uint32_t> read_idx_dims(const std::filesystem::path& path, std::size_t rank);

/// An array of bytes with exactly `rank` dimensions, none of them 0. Never unpacks more than the
/// header promises, nor allocates more than the file can hold. Throws FileError; in a gzip file
/// offsets count unpacked bytes.
IdxArray read_idx(const std::filesystem::path& path, std::size_t rank);

}  // namespace karnin
