#include "formats/model/checkpoint_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "formats/io/atomic_file.h"
#include "formats/io/byte_writer.h"
#include "formats/io/json_text.h"
#include "formats/model/model_file.h"
#include "formats/model/model_sections.h"
#include "formats/model/storable.h"

namespace karnin {
namespace {

using Values = decltype(NumberArray::values);

template <typename T>
constexpr std::string_view kTypeName = "u64";
template <>
constexpr std::string_view kTypeName<float> = "f32";
template <>
constexpr std::string_view kTypeName<double> = "f64";

void demand(bool holds, const std::string& problem) {
  if (!holds) throw ArgumentError("checkpoint: " + problem);
}

void require_object(const std::string& run) {
  try {
    demand(parse_json(run, "run").is_object(), "run: expected a JSON object");
  } catch (const FileError& error) {
    throw ArgumentError(error.what());
  }
}

/// Writer and reader both check it, so that whatever was written can be read.
void require_storable(const Checkpoint& checkpoint) {
  require_object(checkpoint.run);
  demand(checkpoint.arrays.size() <= kMaxArrays,
         fmt::format("expected at most {} arrays, got {}", kMaxArrays, checkpoint.arrays.size()));
  std::set<std::string_view> names;
  for (const NumberArray& array : checkpoint.arrays)
    demand(!array.name.empty() && array.name.size() <= kMaxNameBytes &&
               std::ranges::none_of(array.name, [](char c) { return c < '!' || c > '~'; }) &&
               names.insert(array.name).second,
           fmt::format("names of arrays: expected 1 to {} printable ASCII characters, each name "
                       "once",
                       kMaxNameBytes));
}

std::vector<std::uint8_t> payload_of(const NumberArray& array) {
  ByteWriter writer;
  writer.write(static_cast<std::uint8_t>(array.name.size()));
  writer.text(array.name);
  writer.write(static_cast<std::uint8_t>(array.values.index()));
  std::visit([&](const auto& values) { writer.numbers(std::span(values)); }, array.values);
  return writer.take();
}

template <typename T>
std::vector<T> read_values(ByteReader& payload, const std::string& name) {
  if (payload.remaining() % sizeof(T) != 0)
    payload.fail(fmt::format("array '{}': expected a multiple of {} bytes, got {}", name, sizeof(T),
                             payload.remaining()));
  std::vector<T> values(payload.remaining() / sizeof(T));
  const auto bytes = payload.bytes(payload.remaining(), name);
  std::ranges::copy(bytes, reinterpret_cast<std::uint8_t*>(values.data()));
  return values;
}

NumberArray read_array(ByteReader payload) {
  const auto length = payload.read<std::uint8_t>("length of an array's name");
  ByteReader text = payload.slice(length, "name of an array");
  std::string name(text_of(text, "name of an array"));
  const ByteReader type_at = payload;
  switch (const auto type = payload.read<std::uint8_t>("type of an array")) {
    case 0:
      return {name, read_values<float>(payload, name)};
    case 1:
      return {name, read_values<double>(payload, name)};
    case 2:
      return {name, read_values<std::uint64_t>(payload, name)};
    default:
      type_at.fail(fmt::format("type of an array: expected 0 to 2, got {}", type));
  }
}

Checkpoint take_checkpoint(SectionQueue& sections, const std::string& path) {
  Checkpoint checkpoint{take_model(sections, path), {}, {}};
  ByteReader run = sections.take(SectionKind::run, "run");
  checkpoint.run = text_of(run, "run");
  while (sections.next_is(SectionKind::numbers))
    checkpoint.arrays.push_back(read_array(sections.take(SectionKind::numbers, "array")));
  sections.expect_end(SectionKind::numbers, "array");
  require_storable(checkpoint);
  return checkpoint;
}

}  // namespace

template <typename T>
std::span<const T> Checkpoint::numbers(const std::string& name, std::int64_t count) const {
  const auto array = std::ranges::find(arrays, name, &NumberArray::name);
  demand(array != arrays.end(), fmt::format("there is no array '{}'", name));
  const auto* values = std::get_if<std::vector<T>>(&array->values);
  demand(values != nullptr, fmt::format("array '{}': expected {}", name, kTypeName<T>));
  demand(count < 0 || std::cmp_equal(values->size(), count),
         fmt::format("array '{}': expected {} values, got {}", name, count, values->size()));
  return *values;
}

template std::span<const float> Checkpoint::numbers(const std::string&, std::int64_t) const;
template std::span<const double> Checkpoint::numbers(const std::string&, std::int64_t) const;
template std::span<const std::uint64_t> Checkpoint::numbers(const std::string&, std::int64_t) const;

std::vector<std::uint8_t> encode_checkpoint(const Checkpoint& checkpoint) {
  require_storable(checkpoint);
  std::vector<Section> sections = model_sections(checkpoint.model);
  sections.push_back({SectionKind::run, text_payload(checkpoint.run)});
  for (const NumberArray& array : checkpoint.arrays)
    sections.push_back({SectionKind::numbers, payload_of(array)});
  return encode_container(std::move(sections),
                          Features::checkpoint | features_of(checkpoint.model.graph));
}

Checkpoint decode_checkpoint(std::span<const std::uint8_t> bytes, const std::string& path) {
  SectionQueue sections(bytes, path, Features::checkpoint);
  try {
    return take_checkpoint(sections, path);
  } catch (const FileError&) {
    throw;
  } catch (const Error& error) {  // sound bytes that say something unsound
    throw FileError(path, 0, error.what());
  }
}

Checkpoint read_checkpoint(const std::filesystem::path& path) {
  return decode_checkpoint(read_file(path, kMaxModelBytes), path.string());
}

void write_checkpoint(const std::filesystem::path& path, const Checkpoint& checkpoint) {
  replace_file(path, encode_checkpoint(checkpoint));
}

Model read_model_or_checkpoint(const std::filesystem::path& path) {
  const std::vector<std::uint8_t> bytes = read_file(path, kMaxModelBytes);
  if (has(features_of(bytes), Features::checkpoint))
    return decode_checkpoint(bytes, path.string()).model;
  return decode_model(bytes, path.string());
}

}  // namespace karnin
