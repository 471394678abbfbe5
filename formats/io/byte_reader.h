// Reads little-endian fields from bytes that nobody vouches for: every read is checked first, and
// an error says which field of which file, at which byte.
#pragma once

#include <concepts>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "runtime/core/error.h"

namespace karnin {

class ByteReader {
 public:
  /// `bytes` and `path` must outlive the reader. `origin` is where bytes[0] lies in the file.
  ByteReader(std::span<const std::uint8_t> bytes, std::string_view path, std::uint64_t origin = 0)
      : bytes_(bytes), path_(path), origin_(origin) {}

  /// The same, with `name` before every problem that it reports; `name` must outlive it.
  ByteReader named(std::string_view name) const {
    ByteReader reader = *this;
    reader.name_ = name;
    return reader;
  }

  std::uint64_t offset() const { return origin_ + position_; }  ///< in the file
  std::size_t remaining() const { return bytes_.size() - position_; }
  std::string_view path() const { return path_; }
  /// All that is left, without a step ahead.
  std::span<const std::uint8_t> rest() const { return bytes_.subspan(position_); }

  /// The next `count` bytes. Throws FileError when fewer are left.
  std::span<const std::uint8_t> bytes(std::uint64_t count, std::string_view field);

  /// A reader of the next `count` bytes alone. Throws FileError when fewer are left.
  ByteReader slice(std::uint64_t count, std::string_view field);

  template <std::unsigned_integral T>
  T read(std::string_view field) {
    std::uint64_t value = 0;
    int shift = 0;
    for (const std::uint8_t byte : bytes(sizeof(T), field)) {
      value |= std::uint64_t{byte} << shift;
      shift += 8;
    }
    return static_cast<T>(value);
  }

  /// Seven bits a byte, the lowest first; the highest bit says that more follow. Throws FileError
  /// for more than 64 bits and for a form longer than it need be.
  std::uint64_t varint(std::string_view field);

  /// Fills dst. Throws FileError for NaN and infinity.
  void floats(std::span<float> dst, std::string_view field);

  /// Throws FileError when bytes are left over.
  void expect_end(std::string_view field) const;

  /// Throws FileError at the current offset.
  [[noreturn]] void fail(const std::string& problem) const;
  [[noreturn]] void fail_at(std::uint64_t file_offset, const std::string& problem) const;

 private:
  std::span<const std::uint8_t> bytes_;
  std::string_view path_;
  std::string_view name_;
  std::uint64_t origin_;
  std::size_t position_ = 0;
};

}  // namespace karnin
