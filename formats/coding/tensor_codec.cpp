#include "formats/coding/tensor_codec.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <string>

#include "formats/coding/kept_positions.h"
#include "formats/coding/mask_codec.h"
#include "formats/coding/padding.h"
#include "formats/coding/value_codec.h"

namespace karnin {
namespace {

/// Output channels; a bias is one row.
std::size_t rows_of(const Dims& dims) {
  return dims.size() > 1 ? static_cast<std::size_t>(dims.front()) : 1;
}

/// For each row, how many of its weights were kept.
std::vector<std::size_t> kept_in_rows(const Mask& mask, std::size_t elements, std::size_t rows) {
  const std::size_t columns = elements / rows;
  if (mask.empty()) return std::vector<std::size_t>(rows, columns);
  std::vector<std::size_t> kept;
  kept.reserve(rows);
  for (auto row = mask.begin(); row != mask.end(); row += static_cast<std::ptrdiff_t>(columns))
    kept.push_back(static_cast<std::size_t>(
        std::count(row, row + static_cast<std::ptrdiff_t>(columns), std::uint8_t{1})));
  return kept;
}

KeptValues kept_values(const Parameter& parameter) {
  const std::span<const float> all = parameter.value.span();
  KeptValues kept;
  kept.rows = kept_in_rows(parameter.mask, all.size(), rows_of(parameter.value.dims()));
  if (parameter.mask.empty()) kept.values.assign(all.begin(), all.end());
  for_each_kept(parameter.mask, [&](std::size_t i) { kept.values.push_back(all[i]); });
  return kept;
}

/// The kept weights as compressed rows.
SparseMatrix gather(KeptValues kept, const Mask& mask, const Dims& dims) {
  SparseMatrix matrix{dims[0], dims[1], {0}, {}, std::move(kept.values)};
  matrix.row_ptr.reserve(kept.rows.size() + 1);
  matrix.col_idx.reserve(matrix.values.size());
  for (const std::size_t count : kept.rows)
    matrix.row_ptr.push_back(matrix.row_ptr.back() + static_cast<std::uint32_t>(count));
  const auto columns = static_cast<std::size_t>(dims[1]);
  std::size_t row_end = columns;
  for_each_kept(mask, [&](std::size_t i) {
    while (i >= row_end) row_end += columns;
    matrix.col_idx.push_back(static_cast<std::uint32_t>(i + columns - row_end));
  });
  return matrix;
}

/// Puts the kept values in their places; pruned weights are 0.
Tensor scatter(const std::vector<float>& values, const Mask& mask, const Dims& dims) {
  Tensor tensor(dims);
  if (mask.empty()) std::ranges::copy(values, tensor.data());
  auto value = values.begin();
  for_each_kept(mask, [&](std::size_t i) { tensor.data()[i] = *value++; });
  return tensor;
}

constexpr int kNoValueCoding = 4;

struct Codings {
  PositionCoding positions;
  ValueCoding values;
};

/// The first byte of a payload: positions in the low half, values in the high one.
Codings read_codings(ByteReader& payload) {
  const ByteReader at = payload;
  const auto byte = payload.read<std::uint8_t>("tensor encoding");
  const int positions = byte & 0xF;
  const int values = byte >> 4;
  if (positions > static_cast<int>(PositionCoding::symbols) ||
      values > static_cast<int>(ValueCoding::large_codebook) || values == kNoValueCoding)
    at.fail(fmt::format("tensor encoding: expected two that there are, got {} and {}", positions,
                        values));
  return {static_cast<PositionCoding>(positions), static_cast<ValueCoding>(values)};
}

/// Nothing is allocated before the payload has proved to be in proportion.
std::size_t elements_in(const ByteReader& payload, const Dims& dims) {
  const auto elements = static_cast<std::uint64_t>(element_count(dims));
  if (payload.remaining() < least_payload_bytes(elements))
    payload.fail(fmt::format("expected at least {} bytes for {} weights, got {}",
                             least_payload_bytes(elements), elements, payload.remaining()));
  return elements;
}

std::string_view to_string(PositionCoding coding) {
  switch (coding) {
    case PositionCoding::bits:
      return "bit mask, ";
    case PositionCoding::rice:
      return "gaps, ";
    case PositionCoding::arithmetic:
      return "arithmetic mask, ";
    case PositionCoding::symbols:
      return "mask by eights, ";
    default:
      return "dense ";
  }
}

/// The kept weights and where they lie.
struct DecodedTensor {
  Mask mask;
  KeptValues kept;
};

/// Reads the whole payload.
DecodedTensor decode_tensor(ByteReader payload, const ParameterSpec& spec, std::uint32_t version) {
  payload = payload.named(spec.name);
  const std::size_t payload_bytes = payload.remaining();
  const std::size_t elements = elements_in(payload, spec.dims);
  const std::size_t rows = rows_of(spec.dims);
  const Codings codings = read_codings(payload);
  Mask mask = decode_mask(payload, codings.positions, elements, rows, version);
  KeptValues kept{{}, kept_in_rows(mask, elements, rows)};
  kept.values.resize(std::accumulate(kept.rows.begin(), kept.rows.end(), std::size_t{0}));
  decode_values(payload, codings.values, kept, version);
  expect_padding(payload, payload_bytes, elements, "tensor");
  return {std::move(mask), std::move(kept)};
}

}  // namespace

void encode_parameter(const Parameter& parameter, ByteWriter& writer, std::uint32_t version) {
  const CodedMask mask = encode_mask(parameter.mask, rows_of(parameter.value.dims()), version);
  const CodedValues values = encode_values(kept_values(parameter), version);
  const std::size_t begin = writer.span().size();
  writer.write(static_cast<std::uint8_t>(static_cast<unsigned>(mask.coding) |
                                         static_cast<unsigned>(values.coding) << 4));
  writer.bytes(mask.bytes);
  writer.bytes(values.bytes);
  pad(writer, begin, parameter.value.span().size());
}

Parameter decode_parameter(ByteReader payload, const ParameterSpec& spec, std::uint32_t version) {
  auto [mask, kept] = decode_tensor(payload, spec, version);
  Tensor value = scatter(kept.values, mask, spec.dims);
  return {spec.name, std::move(value), std::move(mask)};
}

CompactParameter decode_compact_parameter(ByteReader payload, const ParameterSpec& spec,
                                          std::uint32_t version) {
  auto [mask, kept] = decode_tensor(payload, spec, version);
  const auto count = static_cast<std::int64_t>(kept.values.size());
  if (mask.empty() || !is_held_sparse(spec.dims, count))
    return {spec.name, scatter(kept.values, mask, spec.dims)};
  return {spec.name, gather(std::move(kept), mask, spec.dims)};
}

TensorForm form_of(ByteReader payload, const Parameter& parameter, std::uint32_t version) {
  const Codings codings = read_codings(payload);
  const std::size_t rows = rows_of(parameter.value.dims());
  const std::size_t elements = parameter.value.span().size();
  const KeptValues kept = kept_values(parameter);
  decode_mask(payload, codings.positions, elements, rows, version);
  TensorForm form;
  form.encoding = to_string(codings.positions);
  form.encoding += describe_values(payload, codings.values);
  form.bound_bits = entropy_bits(parameter.mask) + entropy_bits(kept, codings.values);
  return form;
}

}  // namespace karnin
