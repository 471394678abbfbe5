#include "formats/model_file.h"

#include "formats/atomic_file.h"
#include "formats/model_sections.h"
#include "formats/tensor_codec.h"
#include "formats/tensor_codec_v1.h"

namespace karnin {

std::vector<std::uint8_t> encode_model(const Model& model) {
  return encode_container(model_sections(model));
}

Model decode_model(std::span<const std::uint8_t> bytes, const std::string& path) {
  SectionQueue sections(bytes, path);
  try {
    Model model = take_model(sections, path);
    sections.expect_end(SectionKind::sensitivity, "sensitivity");
    return model;
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

std::int64_t dense_bytes(const Model& model) {
  return model.parameter_count() * static_cast<std::int64_t>(sizeof(float));
}

}  // namespace karnin
