#include "formats/coding/rice.h"

#include <fmt/format.h>

#include <limits>

namespace karnin {
namespace {

constexpr int kMaxParameter = 31;

std::uint64_t rice_bits(std::span<const std::uint32_t> gaps, int parameter) {
  std::uint64_t quotients = 0;
  for (const std::uint32_t gap : gaps) quotients += gap >> parameter;
  return quotients + gaps.size() * (static_cast<std::uint64_t>(parameter) + 1);
}

class BitWriter {
 public:
  explicit BitWriter(ByteWriter& writer) : writer_(writer) {}

  void bit(std::uint32_t bit) {
    byte_ |= static_cast<std::uint8_t>(bit << count_);
    if (++count_ < 8) return;
    writer_.write(byte_);
    byte_ = 0;
    count_ = 0;
  }

  /// Fills the last byte up with zeros.
  void finish() {
    if (count_ > 0) writer_.write(byte_);
    count_ = 0;
  }

 private:
  ByteWriter& writer_;
  std::uint8_t byte_ = 0;
  int count_ = 0;
};

}  // namespace

int best_rice_parameter(std::span<const std::uint32_t> gaps) {
  std::uint64_t least = std::numeric_limits<std::uint64_t>::max();
  int best = 0;
  for (int parameter = 0; parameter <= kMaxParameter; ++parameter) {
    const std::uint64_t bits = rice_bits(gaps, parameter);
    if (bits < least) best = parameter;
    if (bits > least) break;  // the quotients at least halve, so that it only grows from here on
    least = bits;
  }
  return best;
}

void encode_rice(std::span<const std::uint32_t> gaps, ByteWriter& writer) {
  const int parameter = best_rice_parameter(gaps);
  writer.write(static_cast<std::uint8_t>(parameter));
  BitWriter bits(writer);
  for (const std::uint32_t gap : gaps) {
    for (std::uint32_t i = 0; i < gap >> parameter; ++i) bits.bit(1);
    bits.bit(0);
    for (int i = 0; i < parameter; ++i) bits.bit((gap >> i) & 1U);
  }
  bits.finish();
}

RiceDecoder::RiceDecoder(ByteReader& reader, std::uint64_t limit)
    : start_(reader), limit_(limit), parameter_(reader.read<std::uint8_t>("Rice parameter")) {
  if (parameter_ > kMaxParameter)
    start_.fail(
        fmt::format("Rice parameter: expected at most {}, got {}", kMaxParameter, parameter_));
  start_ = reader;
  bytes_ = reader.rest();
}

bool RiceDecoder::bit() {
  if (used_bits_ / 8 >= bytes_.size())
    start_.fail(fmt::format("gaps: they need more than the {} bytes that are left", bytes_.size()));
  const bool bit = ((bytes_[used_bits_ / 8] >> (used_bits_ % 8)) & 1U) != 0;
  ++used_bits_;
  return bit;
}

std::uint64_t RiceDecoder::next() {
  std::uint64_t gap = 0;
  while (gap << parameter_ < limit_ && bit()) ++gap;
  gap <<= parameter_;
  for (int i = 0; i < parameter_ && gap < limit_; ++i) gap |= std::uint64_t{bit()} << i;
  return gap;
}

void RiceDecoder::finish(ByteReader& reader) const {
  const auto taken = reader.bytes((used_bits_ + 7) / 8, "gaps");
  if (used_bits_ % 8 != 0 && taken.back() >> (used_bits_ % 8) != 0)
    start_.fail(fmt::format("gaps: expected zeros behind their {} bits", used_bits_));
}

}  // namespace karnin
