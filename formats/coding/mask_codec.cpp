#include "formats/coding/mask_codec.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "formats/coding/kept_positions.h"
#include "formats/coding/large_tensor.h"
#include "formats/coding/mask_bits.h"
#include "formats/coding/mask_model.h"
#include "formats/coding/mask_symbols.h"
#include "formats/coding/rice.h"
#include "formats/io/byte_writer.h"

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

void decode_bits(ByteReader& reader, Mask& mask) {
  if (!unpack_mask(reader.bytes(mask_bytes(mask.size()), "bit mask"), mask))
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

Bytes encode_positions(PositionCoding coding, const Mask& mask, std::size_t rows,
                       std::uint64_t kept) {
  if (coding == PositionCoding::arithmetic) return encode_arithmetic(mask, rows, kept);
  if (coding == PositionCoding::bits) return pack_mask(mask);
  if (coding == PositionCoding::symbols) return encode_mask_symbols(mask, kept);
  ByteWriter writer;
  encode_rice(gaps_of(mask), writer);
  return writer.take();
}

/// What may stand in a file: eights are for large tensors, and gaps are for all others.
bool is_offered(PositionCoding coding, bool large) {
  using enum PositionCoding;
  return coding == bits || coding == arithmetic || coding == (large ? symbols : rice);
}

/// The codings that compete for the fewest bytes. A large tensor has two: plain bits, and symbols,
/// which are fast, or contexts where they save enough to be worth the time.
std::vector<PositionCoding> candidates(const Mask& mask, std::size_t rows, std::uint32_t version) {
  using enum PositionCoding;
  const std::uint64_t kept = count_kept(mask);
  if (!is_large(kept, version)) return {bits, rice, arithmetic};
  return {bits, wants_contexts(mask, rows, kept) ? arithmetic : symbols};
}

}  // namespace

Bytes encode_mask_as(PositionCoding coding, const Mask& mask, std::size_t rows) {
  if (coding == PositionCoding::all) return {};
  const std::uint64_t kept = count_kept(mask);
  ByteWriter writer;
  writer.varint(kept);
  writer.bytes(encode_positions(coding, mask, rows, kept));
  return writer.take();
}

CodedMask encode_mask(const Mask& mask, std::size_t rows, std::uint32_t version) {
  CodedMask best;
  if (mask.empty()) return best;
  for (const PositionCoding coding : candidates(mask, rows, version)) {
    Bytes bytes = encode_mask_as(coding, mask, rows);
    if (best.coding == PositionCoding::all || bytes.size() < best.bytes.size())
      best = {coding, std::move(bytes)};
  }
  return best;
}

Mask decode_mask(ByteReader& reader, PositionCoding coding, std::size_t elements, std::size_t rows,
                 std::uint32_t version) {
  if (coding == PositionCoding::all) return {};
  const ByteReader start = reader;
  const std::uint64_t kept = reader.varint("kept weights");
  if (kept > elements)
    start.fail(fmt::format("kept weights: expected at most {}, got {}", elements, kept));
  if (!is_offered(coding, is_large(kept, version)))
    start.fail(
        fmt::format("positions: coding {} is not for such a tensor", static_cast<int>(coding)));
  Mask mask(elements, 0);
  if (coding == PositionCoding::bits) decode_bits(reader, mask);
  if (coding == PositionCoding::rice) decode_rice(reader, mask, kept);
  if (coding == PositionCoding::arithmetic) decode_arithmetic(reader, mask, rows, kept);
  if (coding == PositionCoding::symbols) decode_mask_symbols(reader, mask, kept);
  if (const std::uint64_t got = count_kept(mask); got != kept)
    start.fail(fmt::format("kept weights: expected {}, got {}", kept, got));
  return mask;
}

double entropy_bits(const Mask& mask) {
  const auto n = static_cast<double>(mask.size());
  const auto k = static_cast<double>(count_kept(mask));
  if (k == 0 || k == n) return 0;
  return k * std::log2(n / k) + (n - k) * std::log2(n / (n - k));
}

}  // namespace karnin
