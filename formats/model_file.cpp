#include "formats/model_file.h"

#include <fmt/format.h>

#include "formats/atomic_file.h"
#include "formats/byte_writer.h"
#include "formats/container.h"
#include "formats/json_text.h"
#include "formats/model_description.h"
#include "formats/storable.h"
#include "formats/tensor_codec.h"

namespace karnin {
namespace {

/// Far above any model this runtime is for; a bound on what a stray path can make us read.
constexpr std::uint64_t kMaxModelBytes = std::uint64_t{1} << 36;

std::vector<std::uint8_t> text_payload(std::string_view text) {
  if (text.size() > kMaxJsonBytes)
    throw ArgumentError(fmt::format("model: expected at most {} bytes of JSON, got {}",
                                    kMaxJsonBytes, text.size()));
  return {text.begin(), text.end()};
}

std::vector<std::uint8_t> sensitivity_payload(const Sensitivity& sensitivity) {
  ByteWriter writer;
  writer.write(static_cast<std::uint8_t>(sensitivity.method.size()));
  writer.text(sensitivity.method);
  for (const Tensor& values : sensitivity.values) writer.floats(values.span());
  return writer.take();
}

/// Hands out the sections of a file in the order that the format demands.
class SectionQueue {
 public:
  SectionQueue(std::span<const std::uint8_t> bytes, std::string_view path)
      : views_(decode_container(bytes, path)), end_(bytes, path, 0) {}

  bool next_is(SectionKind kind) const {
    return next_ < views_.size() && views_[next_].kind == kind;
  }

  ByteReader take(SectionKind kind, std::string_view field) {
    if (next_ == views_.size()) end_.fail(fmt::format("{}: the section is missing", field));
    if (!next_is(kind)) refuse(static_cast<std::uint32_t>(kind), field);
    return views_[next_++].payload;
  }

  void expect_end() const {
    if (next_ < views_.size())
      refuse(static_cast<std::uint32_t>(SectionKind::sensitivity), "sensitivity");
  }

 private:
  [[noreturn]] void refuse(std::uint32_t expected, std::string_view field) const {
    end_.fail_at(views_[next_].table_offset,
                 fmt::format("section kind: expected {} ({}), got {}", expected, field,
                             static_cast<std::uint32_t>(views_[next_].kind)));
  }

  std::vector<SectionView> views_;
  ByteReader end_;
  std::size_t next_ = 0;
};

std::string_view text_of(ByteReader& payload, std::string_view field) {
  const auto bytes = payload.bytes(payload.remaining(), field);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string read_provenance(SectionQueue& sections) {
  if (!sections.next_is(SectionKind::provenance)) return "";
  ByteReader payload = sections.take(SectionKind::provenance, "provenance");
  if (payload.remaining() == 0) payload.fail("provenance: expected a JSON object, got nothing");
  return std::string(text_of(payload, "provenance"));
}

Sensitivity read_sensitivity(ByteReader payload, const std::vector<ParameterSpec>& specs) {
  const auto length = payload.read<std::uint8_t>("length of a sensitivity's method");
  ByteReader name = payload.slice(length, "method of a sensitivity");
  Sensitivity sensitivity{std::string(text_of(name, "method of a sensitivity")), {}};
  for (const ParameterSpec& spec : specs) {
    const auto bytes = static_cast<std::uint64_t>(element_count(spec.dims)) * sizeof(float);
    ByteReader values = payload.slice(bytes, "sensitivity of " + spec.name);
    values.floats(sensitivity.values.emplace_back(spec.dims).span(), "sensitivity of " + spec.name);
  }
  payload.expect_end("sensitivity");
  return sensitivity;
}

Model decode_sections(SectionQueue& sections, const std::string& path) {
  ByteReader description = sections.take(SectionKind::description, "description");
  const std::uint64_t origin = description.offset();
  Model model = model_from_description(text_of(description, "description"), path, origin);
  model.provenance = read_provenance(sections);
  const std::vector<ParameterSpec> specs = parameter_specs(model.architecture);
  for (const ParameterSpec& spec : specs)
    model.parameters.push_back(
        decode_parameter(sections.take(SectionKind::tensor, spec.name), spec));
  while (sections.next_is(SectionKind::sensitivity))
    model.sensitivities.push_back(
        read_sensitivity(sections.take(SectionKind::sensitivity, "sensitivity"), specs));
  sections.expect_end();
  require_storable(model);
  return model;
}

}  // namespace

std::vector<std::uint8_t> encode_model(const Model& model) {
  require_storable(model);
  std::vector<Section> sections;
  sections.push_back({SectionKind::description, text_payload(describe(model))});
  if (!model.provenance.empty())
    sections.push_back({SectionKind::provenance, text_payload(model.provenance)});
  for (const Parameter& parameter : model.parameters) {
    ByteWriter writer;
    encode_parameter(parameter, writer);
    sections.push_back({SectionKind::tensor, writer.take()});
  }
  for (const Sensitivity& sensitivity : model.sensitivities)
    sections.push_back({SectionKind::sensitivity, sensitivity_payload(sensitivity)});
  return encode_container(sections);
}

Model decode_model(std::span<const std::uint8_t> bytes, const std::string& path) {
  SectionQueue sections(bytes, path);
  try {
    return decode_sections(sections, path);
  } catch (const FileError&) {
    throw;
  } catch (const Error& error) {  // sound bytes that say something unsound
    throw FileError(path, 0, error.what());
  }
}

Model read_model(const std::filesystem::path& path) {
  return decode_model(read_file(path, kMaxModelBytes), path.string());
}

void write_model(const std::filesystem::path& path, const Model& model) {
  replace_file(path, encode_model(model));
}

std::vector<TensorSummary> summarise(std::span<const std::uint8_t> bytes, const std::string& path) {
  const Model model = decode_model(bytes, path);
  std::vector<TensorSummary> summaries;
  auto parameter = model.parameters.begin();
  for (const SectionView& section : decode_container(bytes, path)) {
    if (section.kind != SectionKind::tensor) continue;
    summaries.push_back({parameter->name, parameter->value.dims(), count_nonzero(*parameter),
                         std::string(to_string(choose_encoding(parameter->mask))),
                         static_cast<std::int64_t>(section.payload.remaining())});
    ++parameter;
  }
  return summaries;
}

std::int64_t dense_bytes(const Model& model) {
  return model.parameter_count() * static_cast<std::int64_t>(sizeof(float));
}

}  // namespace karnin
