#include "formats/exchange/onnx_metadata.h"

#include <algorithm>

#include "formats/io/json_view.h"
#include "formats/model/storable.h"
#include "runtime/core/error.h"

namespace karnin {
namespace {

constexpr const char* kMean = "karnin.mean";
constexpr const char* kStd = "karnin.std";
constexpr const char* kClasses = "karnin.classes";
constexpr const char* kProvenance = "karnin.provenance";

void add_entry(onnx::ModelProto& model, const char* key, std::string value) {
  onnx::StringStringEntryProto& entry = *model.add_metadata_props();
  entry.set_key(key);
  entry.set_value(std::move(value));
}

std::string json_array_of(const auto& values, const auto& text_of_one) {
  std::vector<std::string> texts;
  for (const auto& value : values) texts.push_back(text_of_one(value));
  return json_array(texts);
}

std::vector<float> numbers_of(const JsonView& json) {
  std::vector<float> numbers;
  for (const JsonView& number : json.elements()) numbers.push_back(number.number());
  return numbers;
}

std::vector<std::string> texts_of(const JsonView& json) {
  std::vector<std::string> texts;
  for (const JsonView& text : json.elements()) texts.push_back(text.text());
  return texts;
}

/// Entries of others may hold anything: theirs are not looked at.
void read_entry(const std::string& key, const std::string& value, const std::string& path,
                ModelDescription& description) {
  if (key != kMean && key != kStd && key != kClasses && key != kProvenance) return;
  const Json parsed = parse_json(value, path);
  const JsonView json(parsed, path, key);
  if (key == kMean) description.preprocess.mean = numbers_of(json);
  if (key == kStd) description.preprocess.std = numbers_of(json);
  if (key == kClasses) description.classes = texts_of(json);
  if (key == kProvenance) description.provenance = value;
}

/// One number for all channels fits any count of them: whoever reads the network may find others,
/// where it begins by giving its input another form.
void fit_channels(std::vector<float>& numbers, std::size_t channels) {
  const auto differs = [&](float number) { return number != numbers.front(); };
  if (!numbers.empty() && std::ranges::none_of(numbers, differs))
    numbers.assign(channels, numbers.front());
}

}  // namespace

void write_metadata(const ModelDescription& description, onnx::ModelProto& model) {
  add_entry(model, kMean, json_array_of(description.preprocess.mean, json_number));
  add_entry(model, kStd, json_array_of(description.preprocess.std, json_number));
  if (!description.classes.empty())
    add_entry(model, kClasses, json_array_of(description.classes, json_string));
  if (!description.provenance.empty()) add_entry(model, kProvenance, description.provenance);
}

/// The network is sound by itself: what doesn't hold is about the entries.
void read_metadata(const onnx::ModelProto& model, const std::string& path,
                   ModelDescription& description) {
  for (const auto& entry : model.metadata_props())
    read_entry(entry.key(), entry.value(), path, description);
  const auto channels = static_cast<std::size_t>(input_extent(description.graph).c);
  fit_channels(description.preprocess.mean, channels);
  fit_channels(description.preprocess.std, channels);
  try {
    validate(description);
    require_storable(description);
  } catch (const FileError&) {
    throw;
  } catch (const Error& error) {
    throw FileError(path, 0, std::string("metadata: ") + error.what());
  }
}

}  // namespace karnin
