#include "formats/model/section_queue.h"

#include <fmt/format.h>

#include "formats/io/json_text.h"

namespace karnin {

ByteReader SectionQueue::take(SectionKind kind, std::string_view field) {
  if (next_ == views_.size()) end_.fail(fmt::format("{}: the section is missing", field));
  if (!next_is(kind)) refuse(kind, field);
  return views_[next_++].payload;
}

void SectionQueue::expect_end(SectionKind last, std::string_view field) const {
  if (next_ < views_.size()) refuse(last, field);
}

void SectionQueue::refuse(SectionKind expected, std::string_view field) const {
  end_.fail_at(
      views_[next_].table_offset,
      fmt::format("section kind: expected {} ({}), got {}", static_cast<std::uint32_t>(expected),
                  field, static_cast<std::uint32_t>(views_[next_].kind)));
}

std::vector<std::uint8_t> text_payload(std::string_view text) {
  if (text.size() > kMaxJsonBytes)
    throw ArgumentError(fmt::format("model: expected at most {} bytes of JSON, got {}",
                                    kMaxJsonBytes, text.size()));
  return {text.begin(), text.end()};
}

std::string_view text_of(ByteReader& payload, std::string_view field) {
  const auto bytes = payload.bytes(payload.remaining(), field);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace karnin
