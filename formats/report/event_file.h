// Curves for TensorBoard: an event file, that is TFRecords of protocol buffers. Of both only as
// much as scalars need.
//   record  u64 length, masked CRC-32C of it, payload, masked CRC-32C of the payload
//   event   1 wall time (f64), 2 step (int64), 3 version (string), 5 summary, 7 session log
//   summary 1 value: 1 tag (string), 2 simple value (f32)
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

#include "formats/io/byte_writer.h"
#include "formats/io/file_descriptor.h"

namespace karnin {

/// CRC-32C as TFRecords hold it, so that the checksum of data with checksums in it is none of
/// zeros: rotated right by 15 bits, plus 0xa282ead8.
std::uint32_t masked_crc32c(std::span<const std::uint8_t> bytes);

class EventFile {
 public:
  /// A new file in the directory, which is created; TensorBoard shows all files of a directory as
  /// one run. `seconds` since 1970 are part of its name. Points from step `resumed_at` on in
  /// earlier files of the directory are taken back, unless it is negative. Throws OutputError.
  EventFile(const std::filesystem::path& directory, double seconds, std::int64_t resumed_at = -1);

  /// One point of a curve; on disk when it returns, as far as the page cache is. Throws
  /// OutputError.
  void scalar(std::string_view tag, std::int64_t step, float value, double seconds);

  const std::filesystem::path& path() const { return path_; }

 private:
  void append(const ByteWriter& event);

  std::filesystem::path path_;
  FileDescriptor file_;
};

}  // namespace karnin
