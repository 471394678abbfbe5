#include "formats/model/model_file.h"

#include "formats/coding/tensor_codec.h"
#include "formats/coding/tensor_codec_v1.h"
#include "formats/io/atomic_file.h"
#include "formats/model/model_sections.h"

namespace karnin {

/// Weights that no coding makes smaller take what they take here; so do sensitivities.
std::vector<std::uint8_t> encode_model(const Model& model) {
  const auto values = static_cast<std::size_t>(model.parameter_count());
  ContainerWriter writer(values * sizeof(float) * (1 + model.sensitivities.size()));
  each_section(model, [&](const Section& section) { writer.add(section); });
  return writer.finish(features_of(model.graph));
}

namespace {

/// All sections of a model file, by take(sections).
template <typename Take>
auto take_all(std::span<const std::uint8_t> bytes, const std::string& path, Take&& take) {
  SectionQueue sections(bytes, path);
  try {
    auto result = take(sections);
    sections.expect_end(SectionKind::sensitivity, "sensitivity");
    return result;
  } catch (const FileError&) {
    throw;
  } catch (const Error& error) {  // sound bytes that say something unsound
    throw FileError(path, 0, error.what());
  }
}

}  // namespace

Model decode_model(std::span<const std::uint8_t> bytes, const std::string& path) {
  return take_all(bytes, path, [&](SectionQueue& all) { return take_model(all, path); });
}

CompactModel decode_compact_model(std::span<const std::uint8_t> bytes, const std::string& path) {
  std::vector<CompactParameter> parameters;
  const auto keep = [&](CompactParameter p) { parameters.push_back(std::move(p)); };
  ModelDescription description =
      take_all(bytes, path, [&](SectionQueue& all) { return stream_model(all, path, keep); });
  return {std::move(description), std::move(parameters)};
}

ParameterCount verify_model(const std::filesystem::path& path) {
  ParameterCount count;
  const auto add = [&](const CompactParameter& parameter) { count.add(view_of(parameter)); };
  const std::vector<std::uint8_t> bytes = read_file(path, kMaxModelBytes);
  take_all(bytes, path.string(),
           [&](SectionQueue& all) { return stream_model(all, path.string(), add); });
  return count;
}

Model read_model(const std::filesystem::path& path) {
  return decode_model(read_file(path, kMaxModelBytes), path.string());
}

CompactModel read_compact_model(const std::filesystem::path& path) {
  return decode_compact_model(read_file(path, kMaxModelBytes), path.string());
}

void write_model(const std::filesystem::path& path, const Model& model) {
  replace_file(path, encode_model(model));
}

std::vector<TensorSummary> summarise(std::span<const std::uint8_t> bytes, const std::string& path) {
  const Model model = decode_model(bytes, path);
  const std::uint32_t version = version_of(bytes);
  std::vector<TensorSummary> summaries;
  auto parameter = model.parameters.begin();
  for (const SectionView& section : decode_container(bytes, path)) {
    if (section.kind != SectionKind::tensor) continue;
    summaries.push_back(
        {parameter->name, parameter->value.dims(), count_nonzero(*parameter),
         version == 1 ? v1::form_of(*parameter) : form_of(section.payload, *parameter, version),
         static_cast<std::int64_t>(section.payload.remaining())});
    ++parameter;
  }
  return summaries;
}
}  // namespace karnin
