// A file that may be gzip, read to its last check.
#pragma once

#include <zlib.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "formats/io/file_descriptor.h"

namespace karnin {

/// Passes plain files through. Of a gzip file it unpacks every member (RFC 1952) and compares its
/// checksum and length; behind the last one nothing may follow. Only who reads on until read()
/// gives less than asked for has had everything checked.
class GzipReader {
 public:
  /// Reads from the descriptor's current position, and keeps a reference to it. `path` is for
  /// messages.
  GzipReader(const FileDescriptor& file, std::string path);

  /// Fills dst, but for the end of the file: returns how many bytes there were. Throws FileError,
  /// whose offset counts unpacked bytes.
  std::size_t read(std::span<std::uint8_t> dst);

  /// Whether nothing is packed.
  bool is_plain() const { return is_plain_; }
  /// How many bytes read() has given.
  std::uint64_t offset() const { return offset_; }
  [[noreturn]] void fail(std::uint64_t offset, const std::string& problem) const;

 private:
  bool refill();
  std::size_t copy(std::span<std::uint8_t> dst);
  std::size_t unpack(std::span<std::uint8_t> dst);
  void inflate_some(std::uint64_t offset);

  const FileDescriptor& file_;
  std::string path_;
  std::vector<std::uint8_t> buffer_;
  std::unique_ptr<z_stream, void (*)(z_stream*)> stream_;  // next_in: what buffer_ still holds
  bool is_plain_ = false;
  bool in_member_ = false;
  std::uint64_t offset_ = 0;
};

}  // namespace karnin
