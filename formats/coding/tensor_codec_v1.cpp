#include "formats/coding/tensor_codec_v1.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "formats/coding/mask_codec.h"

namespace karnin::v1 {
namespace {

bool is_gaps(TensorEncoding encoding) { return encoding >= TensorEncoding::gaps8; }

std::uint64_t gap_bytes(TensorEncoding encoding) {
  return std::uint64_t{1} << (static_cast<int>(encoding) - static_cast<int>(TensorEncoding::gaps8));
}

/// Bytes of a sparse payload: encoding, count, positions, values.
std::uint64_t sparse_bytes(TensorEncoding encoding, std::uint64_t elements, std::uint64_t kept) {
  const std::uint64_t positions =
      is_gaps(encoding) ? kept * gap_bytes(encoding) : (elements + 7) / 8;
  return sizeof(std::uint8_t) + sizeof(std::uint32_t) + positions + kept * sizeof(float);
}

bool is_allowed(std::uint64_t elements, std::uint64_t payload_bytes) {
  return elements <= kMaxElementsPerByte * payload_bytes;
}

/// Calls visit(gap) for every kept weight: how many pruned ones lie right before it.
template <typename Visit>
void for_each_gap(const Mask& mask, const Visit& visit) {
  std::uint32_t gap = 0;
  for (const std::uint8_t kept : mask) {
    if (kept != 0) visit(gap);
    gap = kept != 0 ? 0 : gap + 1;
  }
}

TensorEncoding narrowest_gaps(const Mask& mask) {
  std::uint32_t largest = 0;
  for_each_gap(mask, [&](std::uint32_t gap) { largest = std::max(largest, gap); });
  if (largest <= 0xFF) return TensorEncoding::gaps8;
  return largest <= 0xFFFF ? TensorEncoding::gaps16 : TensorEncoding::gaps32;
}

void decode_bits(ByteReader& payload, Mask& mask, std::uint64_t kept) {
  const ByteReader start = payload;
  const auto bits = payload.bytes((mask.size() + 7) / 8, "bit mask");
  for (std::size_t i = 0; i < mask.size(); ++i) mask[i] = (bits[i / 8] >> (i % 8)) & 1U;
  std::uint64_t set = 0;
  for (const std::uint8_t byte : bits) set += static_cast<std::uint64_t>(std::popcount(byte));
  const auto inside = static_cast<std::uint64_t>(std::ranges::count(mask, 1));
  if (set != kept || inside != kept)
    start.fail(fmt::format("bit mask: expected {} bits set, got {}, {} of them inside the tensor",
                           kept, set, inside));
}

std::uint32_t read_gap(ByteReader& payload, TensorEncoding encoding) {
  if (encoding == TensorEncoding::gaps8) return payload.read<std::uint8_t>("gap");
  if (encoding == TensorEncoding::gaps16) return payload.read<std::uint16_t>("gap");
  return payload.read<std::uint32_t>("gap");
}

void decode_gaps(ByteReader& payload, Mask& mask, std::uint64_t kept, TensorEncoding encoding) {
  std::uint64_t next = 0;  // position right after the last kept weight
  for (std::uint64_t i = 0; i < kept; ++i) {
    const ByteReader gap_at = payload;
    next += read_gap(payload, encoding);
    if (next >= mask.size())
      gap_at.fail(fmt::format("gap: expected a position below {}, got {}", mask.size(), next));
    mask[next++] = 1;
  }
}

void decode_sparse(ByteReader& payload, Parameter& parameter, const ParameterSpec& spec,
                   TensorEncoding encoding, std::uint64_t payload_bytes) {
  const auto elements = static_cast<std::uint64_t>(element_count(spec.dims));
  const ByteReader kept_at = payload;
  const std::uint64_t kept = payload.read<std::uint32_t>("kept weights");
  if (kept > elements)
    kept_at.fail(fmt::format("kept weights: expected at most {}, got {}", elements, kept));
  // Nothing is allocated before the payload has proved that it has the bytes to fill it.
  const std::uint64_t expected = sparse_bytes(encoding, elements, kept);
  if (payload_bytes != expected || !is_allowed(elements, payload_bytes))
    kept_at.fail(fmt::format("'{}': expected {} bytes for {} of {} weights, got {}", spec.name,
                             expected, kept, elements, payload_bytes));
  parameter.mask.assign(elements, 0);
  if (is_gaps(encoding))
    decode_gaps(payload, parameter.mask, kept, encoding);
  else
    decode_bits(payload, parameter.mask, kept);
  std::vector<float> values(kept);
  payload.floats(values, spec.name);
  parameter.value = Tensor(spec.dims);
  auto value = values.begin();
  for (std::uint64_t i = 0; i < elements; ++i)
    if (parameter.mask[i] != 0) parameter.value.data()[i] = *value++;
}

}  // namespace

TensorEncoding choose_encoding(const Mask& mask) {
  if (mask.empty()) return TensorEncoding::dense;
  const auto kept = static_cast<std::uint64_t>(std::ranges::count(mask, 1));
  const TensorEncoding gaps = narrowest_gaps(mask);
  const std::uint64_t bytes = sparse_bytes(gaps, mask.size(), kept);
  const bool smaller = bytes < sparse_bytes(TensorEncoding::bit_mask, mask.size(), kept);
  return smaller && is_allowed(mask.size(), bytes) ? gaps : TensorEncoding::bit_mask;
}

Parameter decode_parameter(ByteReader payload, const ParameterSpec& spec) {
  const ByteReader start = payload;
  const std::uint64_t payload_bytes = payload.remaining();
  const auto code = payload.read<std::uint8_t>("tensor encoding");
  if (code > static_cast<std::uint8_t>(TensorEncoding::gaps32))
    start.fail(fmt::format("tensor encoding of '{}': expected 0 to 4, got {}", spec.name, code));
  const auto encoding = static_cast<TensorEncoding>(code);
  Parameter parameter{spec.name, {}, {}};
  if (encoding == TensorEncoding::dense) {
    const auto expected = static_cast<std::uint64_t>(element_count(spec.dims)) * sizeof(float);
    if (payload.remaining() != expected)
      payload.fail(fmt::format("'{}': expected {} bytes of values, got {}", spec.name, expected,
                               payload.remaining()));
    parameter.value = Tensor(spec.dims);
    payload.floats(parameter.value.span(), spec.name);
  } else {
    decode_sparse(payload, parameter, spec, encoding, payload_bytes);
  }
  payload.expect_end(spec.name);
  if (choose_encoding(parameter.mask) != encoding)
    start.fail(
        fmt::format("tensor encoding of '{}': {} is not the canonical one", spec.name, code));
  return parameter;
}

TensorForm form_of(const Parameter& parameter) {
  const TensorEncoding encoding = choose_encoding(parameter.mask);
  if (encoding == TensorEncoding::dense)
    return {"dense f32", 32.0 * static_cast<double>(parameter.value.size())};
  const auto kept = static_cast<double>(std::ranges::count(parameter.mask, 1));
  return {is_gaps(encoding) ? "gaps, f32" : "bit mask, f32",
          entropy_bits(parameter.mask) + 32.0 * kept};
}

}  // namespace karnin::v1
