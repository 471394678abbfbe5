#include "formats/coding/text_codec.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "formats/coding/padding.h"
#include "formats/coding/range_coder.h"
#include "formats/coding/text_model.h"
#include "formats/io/json_text.h"

namespace karnin {
namespace {

std::vector<std::uint8_t> code(std::string_view text) {
  TextModel model = primed_model();
  RangeEncoder encoder;
  for (const char c : text) model.encode(encoder, static_cast<std::uint8_t>(c));
  return encoder.finish();
}

std::string decode_coded(ByteReader& payload, std::string_view field) {
  const std::size_t payload_bytes = payload.remaining() + 1;
  const ByteReader size_at = payload;
  const std::uint64_t size = payload.varint(field);
  if (size > kMaxJsonBytes || size > payload_bytes * kMaxElementsPerByte)
    size_at.fail(fmt::format("{}: expected at most {} bytes of text, got {}", field,
                             std::min(kMaxJsonBytes, payload_bytes * kMaxElementsPerByte), size));
  TextModel model = primed_model();
  RangeDecoder decoder(payload);
  std::string text;
  text.reserve(size);
  while (text.size() < size) {
    const std::optional<std::uint8_t> byte = model.decode(decoder);
    if (!byte)
      size_at.fail(fmt::format("{}: byte {} was foretold, and is written out", field, text.size()));
    text += static_cast<char>(*byte);
  }
  decoder.finish(payload, field);
  expect_padding(payload, payload_bytes, size, field);
  return text;
}

}  // namespace

std::vector<std::uint8_t> encode_text_as(TextCoding coding, std::string_view text) {
  ByteWriter writer;
  writer.write(static_cast<std::uint8_t>(coding));
  if (coding == TextCoding::plain) {
    writer.text(text);
  } else {
    writer.varint(text.size());
    writer.bytes(code(text));
    pad(writer, 0, text.size());
  }
  return writer.take();
}

void encode_text(std::string_view text, ByteWriter& writer) {
  const std::vector<std::uint8_t> plain = encode_text_as(TextCoding::plain, text);
  const std::vector<std::uint8_t> coded = encode_text_as(TextCoding::coded, text);
  writer.bytes(coded.size() < plain.size() ? coded : plain);
}

std::string decode_text(ByteReader payload, std::string_view field) {
  const ByteReader start = payload;
  const auto coding = payload.read<std::uint8_t>(field);
  if (coding > static_cast<std::uint8_t>(TextCoding::coded))
    start.fail(fmt::format("{}: expected text of coding 0 or 1, got {}", field, coding));
  if (coding == static_cast<std::uint8_t>(TextCoding::coded)) return decode_coded(payload, field);
  if (payload.remaining() > kMaxJsonBytes)
    start.fail(fmt::format("{}: expected at most {} bytes of text, got {}", field, kMaxJsonBytes,
                           payload.remaining()));
  const auto bytes = payload.bytes(payload.remaining(), field);
  return {bytes.begin(), bytes.end()};
}

}  // namespace karnin
