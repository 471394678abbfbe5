// The counterpart of ByteReader: appends little-endian fields to a growing array.
#pragma once

#include <bit>
#include <concepts>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace karnin {

class ByteWriter {
 public:
  /// For so many bytes in all, where they are known.
  void reserve(std::size_t size) { bytes_.reserve(size); }

  template <std::unsigned_integral T>
  void write(T value) {
    for (std::size_t i = 0; i < sizeof(T); ++i)
      bytes_.push_back(static_cast<std::uint8_t>(std::uint64_t{value} >> (8 * i)));
  }

  void bytes(std::span<const std::uint8_t> src) {
    bytes_.insert(bytes_.end(), src.begin(), src.end());
  }

  /// Seven bits a byte, the lowest first; the highest bit says that more follow.
  void varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) bytes_.push_back(static_cast<std::uint8_t>(value | 0x80));
    bytes_.push_back(static_cast<std::uint8_t>(value));
  }

  void text(std::string_view src) { bytes_.insert(bytes_.end(), src.begin(), src.end()); }

  void floats(std::span<const float> src) { numbers(src); }

  /// Their bits, whatever they mean.
  template <typename T>
    requires std::is_arithmetic_v<T>
  void numbers(std::span<const T> src) {
    static_assert(std::endian::native == std::endian::little, "numbers are copied as they are");
    const auto* first = reinterpret_cast<const std::uint8_t*>(src.data());
    bytes_.insert(bytes_.end(), first, first + src.size_bytes());
  }

  std::span<const std::uint8_t> span() const { return bytes_; }
  std::vector<std::uint8_t> take() { return std::exchange(bytes_, {}); }

 private:
  std::vector<std::uint8_t> bytes_;
};

}  // namespace karnin
