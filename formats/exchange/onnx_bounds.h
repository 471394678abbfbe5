// What an ONNX file may ask for, looked at before a message of it is made: an empty one takes two
// bytes in the file and some three hundred in memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace karnin {

inline constexpr std::uint64_t kMaxOnnxBytes = 0x7FFFFFFF;  ///< protobuf's own limit
inline constexpr int kMaxOnnxDepth = 32;
inline constexpr std::size_t kMaxOnnxNodes = std::size_t{1} << 15;
inline constexpr std::size_t kMaxOnnxMessages = std::size_t{1} << 18;  ///< of every kind

/// Reading makes tensors of at most so many bytes from what a file says in short (a shape, a
/// scalar, quantized or sparse values): kOnnxFloor + kOnnxFactor times the file.
inline constexpr std::uint64_t kOnnxFloor = std::uint64_t{64} << 20;
inline constexpr std::uint64_t kOnnxFactor = 128;

/// Throws FileError for a file that is no ONNX model or exceeds one of these.
void check_onnx_bounds(std::span<const std::uint8_t> bytes, const std::string& path);

}  // namespace karnin
