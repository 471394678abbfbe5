#include "formats/report/event_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "formats/io/crc32c.h"
#include "runtime/core/error.h"

namespace karnin {
namespace {

/// Field numbers and their wire types (protocol buffers, "Encoding").
enum class Wire : std::uint8_t { varint = 0, fixed64 = 1, bytes = 2, fixed32 = 5 };

void write_varint(std::uint64_t value, ByteWriter& writer) {
  for (; value >= 0x80; value >>= 7) writer.write(static_cast<std::uint8_t>(value | 0x80));
  writer.write(static_cast<std::uint8_t>(value));
}

void write_key(std::uint32_t field, Wire wire, ByteWriter& writer) {
  write_varint(field << 3 | static_cast<std::uint32_t>(wire), writer);
}

void write_field(std::uint32_t field, std::span<const std::uint8_t> bytes, ByteWriter& writer) {
  write_key(field, Wire::bytes, writer);
  write_varint(bytes.size(), writer);
  writer.bytes(bytes);
}

void write_field(std::uint32_t field, std::string_view text, ByteWriter& writer) {
  write_field(field, std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()),
              writer);
}

/// The fields that every event has.
ByteWriter event_at(double seconds, std::int64_t step) {
  ByteWriter event;
  write_key(1, Wire::fixed64, event);
  event.numbers(std::span<const double>(&seconds, 1));
  write_key(2, Wire::varint, event);
  write_varint(static_cast<std::uint64_t>(step), event);
  return event;
}

[[noreturn]] void fail_to_write(const std::filesystem::path& path, int error) {
  throw OutputError(
      fmt::format("cannot write '{}': {}", path.string(), std::generic_category().message(error)));
}

}  // namespace

std::uint32_t masked_crc32c(std::span<const std::uint8_t> bytes) {
  const std::uint32_t crc = crc32c(bytes);
  return (crc >> 15 | crc << 17) + 0xa282ead8U;
}

EventFile::EventFile(const std::filesystem::path& directory, double seconds,
                     std::int64_t resumed_at) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) fail_to_write(directory, error.value());
  // TensorBoard reads files in the order of their names, and takes every one with "tfevents" in it.
  path_ = directory / fmt::format("events.out.tfevents.{:010}.{}",
                                  static_cast<std::int64_t>(seconds), getpid());
  file_ = FileDescriptor(open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666));
  if (!file_) fail_to_write(path_, errno);
  ByteWriter version = event_at(seconds, 0);
  write_field(3, "brain.Event:2", version);
  append(version);
  if (resumed_at < 0) return;
  ByteWriter session;
  write_key(1, Wire::varint, session);
  write_varint(1, session);  // START
  ByteWriter start = event_at(seconds, resumed_at);
  write_field(7, session.span(), start);
  append(start);
}

void EventFile::scalar(std::string_view tag, std::int64_t step, float value, double seconds) {
  ByteWriter point, summary;
  write_field(1, tag, point);
  write_key(2, Wire::fixed32, point);
  point.floats(std::span<const float>(&value, 1));
  write_field(1, point.span(), summary);
  ByteWriter event = event_at(seconds, step);
  write_field(5, summary.span(), event);
  append(event);
}

/// One write a record, so that a reader finds whole ones. A file that was removed still takes
/// bytes, for nobody.
void EventFile::append(const ByteWriter& event) {
  ByteWriter record;
  record.write(std::uint64_t{event.span().size()});
  record.write(masked_crc32c(record.span()));
  record.bytes(event.span());
  record.write(masked_crc32c(event.span()));
  if (const int error = file_.write_all(record.span()); error != 0) fail_to_write(path_, error);
  std::error_code ignored;
  if (!std::filesystem::exists(path_, ignored)) fail_to_write(path_, ENOENT);
}

}  // namespace karnin
