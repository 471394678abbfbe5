#include "tests/support/v1_writer.h"

#include <algorithm>

#include "formats/coding/tensor_codec_v1.h"
#include "formats/io/container.h"
#include "formats/io/crc32c.h"
#include "formats/model/model_description.h"
#include "tests/support/forged_file.h"

namespace karnin::test {
namespace {

using v1::TensorEncoding;

std::vector<std::uint32_t> gaps_of(const Mask& mask) {
  std::vector<std::uint32_t> gaps;
  std::uint32_t gap = 0;
  for (const std::uint8_t kept : mask) {
    if (kept != 0) gaps.push_back(gap);
    gap = kept != 0 ? 0 : gap + 1;
  }
  return gaps;
}

void encode_bits(const Mask& mask, ByteWriter& writer) {
  std::vector<std::uint8_t> bytes((mask.size() + 7) / 8, 0);
  for (std::size_t i = 0; i < mask.size(); ++i)
    bytes[i / 8] |= static_cast<std::uint8_t>(mask[i] << (i % 8));
  writer.bytes(bytes);
}

void encode_gap(std::uint32_t gap, TensorEncoding encoding, ByteWriter& writer) {
  if (encoding == TensorEncoding::gaps8) writer.write(static_cast<std::uint8_t>(gap));
  if (encoding == TensorEncoding::gaps16) writer.write(static_cast<std::uint16_t>(gap));
  if (encoding == TensorEncoding::gaps32) writer.write(gap);
}

Section text_section(SectionKind kind, const std::string& text) {
  return {kind, {text.begin(), text.end()}};
}

Section sensitivity_section(const Sensitivity& sensitivity) {
  ByteWriter writer;
  writer.write(static_cast<std::uint8_t>(sensitivity.method.size()));
  writer.text(sensitivity.method);
  for (const Tensor& values : sensitivity.values) writer.floats(values.span());
  return {SectionKind::sensitivity, writer.take()};
}

void put(std::vector<std::uint8_t>& file, std::size_t at, std::uint32_t value) {
  for (std::size_t i = 0; i < 4; ++i) file.at(at + i) = static_cast<std::uint8_t>(value >> (8 * i));
}

}  // namespace

void encode_parameter_v1(const Parameter& parameter, ByteWriter& writer) {
  const Mask& mask = parameter.mask;
  const TensorEncoding encoding = v1::choose_encoding(mask);
  writer.write(static_cast<std::uint8_t>(encoding));
  if (encoding == TensorEncoding::dense) return writer.floats(parameter.value.span());
  writer.write(static_cast<std::uint32_t>(std::ranges::count(mask, 1)));
  if (encoding == TensorEncoding::bit_mask) encode_bits(mask, writer);
  for (const std::uint32_t gap : gaps_of(mask)) encode_gap(gap, encoding, writer);
  for (std::size_t i = 0; i < mask.size(); ++i)
    if (mask[i] != 0) writer.floats(parameter.value.span().subspan(i, 1));
}

std::vector<std::uint8_t> encode_model_v1(const Model& model) {
  std::vector<Section> sections{text_section(SectionKind::description, describe(model))};
  if (!model.provenance.empty())
    sections.push_back(text_section(SectionKind::provenance, model.provenance));
  for (const Parameter& parameter : model.parameters) {
    ByteWriter writer;
    encode_parameter_v1(parameter, writer);
    sections.push_back({SectionKind::tensor, writer.take()});
  }
  for (const Sensitivity& sensitivity : model.sensitivities)
    sections.push_back(sensitivity_section(sensitivity));
  std::vector<std::uint8_t> file = encode_container(sections);
  set_version(file, 1);
  return file;
}

void set_version(std::vector<std::uint8_t>& file, std::uint32_t version) {
  put(file, kVersionAt, version);
  put(file, kHeaderCrcAt, crc32c(std::span(file).first(kHeaderCrcAt)));
}

}  // namespace karnin::test
