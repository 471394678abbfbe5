#include "formats/mask_codec.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "formats/byte_writer.h"
#include "formats/kept_positions.h"
#include "formats/mask_model.h"
#include "formats/rice.h"

namespace karnin {
namespace {

using Bytes = std::vector<std::uint8_t>;

std::uint64_t count_kept(const Mask& mask) {
  return static_cast<std::uint64_t>(std::ranges::count(mask, 1));
}

/// How many pruned weights lie right before each kept one.
std::vector<std::uint32_t> gaps_of(const Mask& mask) {
  std::vector<std::uint32_t> gaps;
  gaps.reserve(count_kept(mask));
  std::size_t next = 0;
  for_each_kept(mask, [&](std::size_t i) {
    gaps.push_back(static_cast<std::uint32_t>(i - next));
    next = i + 1;
  });
  return gaps;
}

// --- bits

std::uint64_t bits_size(std::size_t elements) { return (elements + 7) / 8; }

void encode_bits(const Mask& mask, ByteWriter& writer) {
  for (std::size_t first = 0; first < mask.size(); first += 8) {
    std::uint8_t byte = 0;
    for (std::size_t i = first; i < std::min(first + 8, mask.size()); ++i)
      byte |= static_cast<std::uint8_t>(mask[i] << (i - first));
    writer.write(byte);
  }
}

void decode_bits(ByteReader& reader, Mask& mask) {
  const auto bits = reader.bytes(bits_size(mask.size()), "bit mask");
  for (std::size_t i = 0; i < mask.size(); ++i) mask[i] = (bits[i / 8] >> (i % 8)) & 1U;
  if (const std::size_t used = mask.size() % 8; used != 0 && bits.back() >> used != 0)
    reader.fail(fmt::format("bit mask: expected zeros behind its {} bits", mask.size()));
}

// --- gaps

void decode_rice(ByteReader& reader, Mask& mask, std::uint64_t kept) {
  RiceDecoder decoder(reader, mask.size());
  std::uint64_t next = 0;  // position right after the last kept weight
  for (std::uint64_t i = 0; i < kept; ++i) {
    next += decoder.next();
    if (next >= mask.size())
      reader.fail(fmt::format("gap: expected a position below {}, got {}", mask.size(), next));
    mask[next++] = 1;
  }
  decoder.finish(reader);
  const int best = best_rice_parameter(gaps_of(mask));
  if (decoder.parameter() != best)
    reader.fail(fmt::format("Rice parameter: expected {}, got {}", best, decoder.parameter()));
}

// --- arithmetic

Bytes encode_arithmetic(const Mask& mask, std::size_t rows, std::uint64_t kept) {
  MaskModel model(rows, mask.size() / rows, kept);
  RangeEncoder encoder;
  model.visit([&, i = std::size_t{0}](AdaptiveBit& bit) mutable {
    const bool is_kept = mask[i++] != 0;
    encoder.bit(bit, is_kept);
    return is_kept;
  });
  return encoder.finish();
}

void decode_arithmetic(ByteReader& reader, Mask& mask, std::size_t rows, std::uint64_t kept) {
  MaskModel model(rows, mask.size() / rows, kept);
  RangeDecoder decoder(reader);
  model.visit([&, i = std::size_t{0}](AdaptiveBit& bit) mutable {
    const bool is_kept = decoder.bit(bit);
    mask[i++] = is_kept ? 1 : 0;
    return is_kept;
  });
  decoder.finish(reader, "mask");
}

// --- the choice

std::uint64_t size_of(PositionCoding coding, const Mask& mask, std::size_t rows,
                      std::uint64_t kept) {
  if (coding == PositionCoding::bits) return bits_size(mask.size());
  if (coding == PositionCoding::rice) return rice_size(gaps_of(mask));
  return encode_arithmetic(mask, rows, kept).size();
}

Bytes encode_as(PositionCoding coding, const Mask& mask, std::size_t rows, std::uint64_t kept) {
  if (coding == PositionCoding::arithmetic) return encode_arithmetic(mask, rows, kept);
  ByteWriter writer;
  if (coding == PositionCoding::bits)
    encode_bits(mask, writer);
  else
    encode_rice(gaps_of(mask), writer);
  return writer.take();
}

constexpr PositionCoding kMaskCodings[] = {PositionCoding::bits, PositionCoding::rice,
                                           PositionCoding::arithmetic};

/// Only the sizes of other codings are worked out: that of the one at hand is known.
void require_shortest(const ByteReader& at, PositionCoding coding, std::uint64_t size,
                      const Mask& mask, std::size_t rows, std::uint64_t kept) {
  for (const PositionCoding other : kMaskCodings) {
    if (other == coding) continue;
    const std::uint64_t other_size = size_of(other, mask, rows, kept);
    if (other_size < size || (other_size == size && other < coding))
      at.fail(fmt::format("positions: coding {} takes {} bytes, but {} only {}",
                          static_cast<int>(coding), size, static_cast<int>(other), other_size));
  }
}

}  // namespace

CodedMask encode_mask(const Mask& mask, std::size_t rows) {
  if (mask.empty()) return {};
  const std::uint64_t kept = count_kept(mask);
  CodedMask best;
  for (const PositionCoding coding : kMaskCodings) {
    Bytes bytes = encode_as(coding, mask, rows, kept);
    if (best.coding == PositionCoding::all || bytes.size() < best.bytes.size())
      best = {coding, std::move(bytes)};
  }
  ByteWriter writer;
  writer.varint(kept);
  writer.bytes(best.bytes);
  best.bytes = writer.take();
  return best;
}

Mask decode_mask(ByteReader& reader, PositionCoding coding, std::size_t elements,
                 std::size_t rows) {
  if (coding == PositionCoding::all) return {};
  const ByteReader start = reader;
  const std::uint64_t kept = reader.varint("kept weights");
  if (kept > elements)
    start.fail(fmt::format("kept weights: expected at most {}, got {}", elements, kept));
  const std::size_t before = reader.remaining();
  Mask mask(elements, 0);
  if (coding == PositionCoding::bits) decode_bits(reader, mask);
  if (coding == PositionCoding::rice) decode_rice(reader, mask, kept);
  if (coding == PositionCoding::arithmetic) decode_arithmetic(reader, mask, rows, kept);
  if (const std::uint64_t got = count_kept(mask); got != kept)
    start.fail(fmt::format("kept weights: expected {}, got {}", kept, got));
  require_shortest(start, coding, before - reader.remaining(), mask, rows, kept);
  return mask;
}

double entropy_bits(const Mask& mask) {
  const auto n = static_cast<double>(mask.size());
  const auto k = static_cast<double>(count_kept(mask));
  if (k == 0 || k == n) return 0;
  return k * std::log2(n / k) + (n - k) * std::log2(n / (n - k));
}

}  // namespace karnin
