#include "formats/model/model_sections.h"

#include <fmt/format.h>

#include "formats/coding/tensor_codec.h"
#include "formats/coding/tensor_codec_v1.h"
#include "formats/coding/text_codec.h"
#include "formats/io/byte_writer.h"
#include "formats/io/json_text.h"
#include "formats/model/architecture_schema.h"
#include "formats/model/model_description.h"
#include "formats/model/storable.h"

namespace karnin {
namespace {

std::vector<std::uint8_t> sensitivity_payload(const Sensitivity& sensitivity) {
  ByteWriter writer;
  writer.write(static_cast<std::uint8_t>(sensitivity.method.size()));
  writer.text(sensitivity.method);
  for (const Tensor& values : sensitivity.values) writer.floats(values.span());
  return writer.take();
}

Section text_section(SectionKind kind, std::string_view text) {
  if (text.size() > kMaxJsonBytes)
    throw ArgumentError(fmt::format("model: expected at most {} bytes of JSON, got {}",
                                    kMaxJsonBytes, text.size()));
  ByteWriter writer;
  encode_text(text, writer);
  return {kind, writer.take()};
}

std::string take_text(SectionQueue& sections, SectionKind kind, std::string_view field) {
  ByteReader payload = sections.take(kind, field);
  if (sections.version() == 1) return std::string(text_of(payload, field));
  return decode_text(payload, field);
}

std::string take_provenance(SectionQueue& sections, const ByteReader& at) {
  if (!sections.next_is(SectionKind::provenance)) return "";
  std::string text = take_text(sections, SectionKind::provenance, "provenance");
  if (text.empty()) at.fail("provenance: expected a JSON object, got nothing");
  return text;
}

ModelDescription take_description(SectionQueue& sections, const std::string& path) {
  const ByteReader start = sections.peek();
  ModelDescription description = description_from(
      take_text(sections, SectionKind::description, "description"), path, start.offset());
  const Features graph = features_of(description.graph);
  if (has(sections.features(), Features::graph) != (graph == Features::graph))
    start.fail(graph == Features::graph ? "features: expected 0x2 (a graph) with this description"
                                        : "features: expected no graph with this description");
  description.provenance = take_provenance(sections, sections.peek());
  return description;
}

Parameter take_parameter(SectionQueue& sections, const ParameterSpec& spec) {
  const ByteReader payload = sections.take(SectionKind::tensor, spec.name);
  return sections.version() == 1 ? v1::decode_parameter(payload, spec)
                                 : decode_parameter(payload, spec, sections.version());
}

CompactParameter take_compact_parameter(SectionQueue& sections, const ParameterSpec& spec) {
  const ByteReader payload = sections.take(SectionKind::tensor, spec.name);
  return sections.version() == 1 ? compacted(v1::decode_parameter(payload, spec))
                                 : decode_compact_parameter(payload, spec, sections.version());
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

Features features_of(const Graph& graph) {
  return is_in_first_schema(graph) ? Features::none : Features::graph;
}

void each_section(const Model& model, const std::function<void(Section)>& take) {
  require_storable(model);
  take(text_section(SectionKind::description, describe(model)));
  if (!model.provenance.empty()) take(text_section(SectionKind::provenance, model.provenance));
  for (const Parameter& parameter : model.parameters) {
    ByteWriter writer;
    encode_parameter(parameter, writer);
    take({SectionKind::tensor, writer.take()});
  }
  for (const Sensitivity& sensitivity : model.sensitivities)
    take({SectionKind::sensitivity, sensitivity_payload(sensitivity)});
}

std::vector<Section> model_sections(const Model& model) {
  std::vector<Section> sections;
  each_section(model, [&](Section section) { sections.push_back(std::move(section)); });
  return sections;
}

Model take_model(SectionQueue& sections, const std::string& path) {
  Model model{take_description(sections, path), {}, {}};
  const std::vector<ParameterSpec> specs = parameter_specs(model.graph);
  for (const ParameterSpec& spec : specs)
    model.parameters.push_back(take_parameter(sections, spec));
  while (sections.next_is(SectionKind::sensitivity))
    model.sensitivities.push_back(
        read_sensitivity(sections.take(SectionKind::sensitivity, "sensitivity"), specs));
  require_storable(model);
  return model;
}

ModelDescription stream_model(SectionQueue& sections, const std::string& path,
                              const std::function<void(CompactParameter)>& take) {
  ModelDescription description = take_description(sections, path);
  const std::vector<ParameterSpec> specs = parameter_specs(description.graph);
  for (const ParameterSpec& spec : specs) take(take_compact_parameter(sections, spec));
  std::vector<Sensitivity> sensitivities;
  while (sections.next_is(SectionKind::sensitivity)) {
    sensitivities.push_back(
        read_sensitivity(sections.take(SectionKind::sensitivity, "sensitivity"), specs));
    sensitivities.back().values.clear();
  }
  validate(description);
  require_storable(sensitivities);
  require_storable(description);
  return description;
}

}  // namespace karnin
