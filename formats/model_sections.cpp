#include "formats/model_sections.h"

#include "formats/byte_writer.h"
#include "formats/model_description.h"
#include "formats/storable.h"
#include "formats/tensor_codec.h"

namespace karnin {
namespace {

std::vector<std::uint8_t> sensitivity_payload(const Sensitivity& sensitivity) {
  ByteWriter writer;
  writer.write(static_cast<std::uint8_t>(sensitivity.method.size()));
  writer.text(sensitivity.method);
  for (const Tensor& values : sensitivity.values) writer.floats(values.span());
  return writer.take();
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

}  // namespace

std::vector<Section> model_sections(const Model& model) {
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
  return sections;
}

Model take_model(SectionQueue& sections, const std::string& path) {
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
  require_storable(model);
  return model;
}

}  // namespace karnin
