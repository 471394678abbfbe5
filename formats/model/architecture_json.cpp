#include "formats/model/architecture_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "formats/io/atomic_file.h"
#include "formats/model/architecture_schema.h"
#include "runtime/core/flat_extent.h"
#include "runtime/graph/networks.h"

namespace karnin {
namespace {

std::string describe(const Extent& input, std::int64_t classes) {
  return fmt::format("{}x{}x{} images in {} classes", input.c, input.h, input.w, classes);
}

std::string built_in_names() {
  std::string names;
  for (const BuiltInNetwork& network : built_in_networks())
    names += (names.empty() ? "" : ", ") + std::string(network.name);
  return names;
}

bool is_built_in(const std::string& name) {
  return std::ranges::count(built_in_networks(), name, &BuiltInNetwork::name) > 0;
}

}  // namespace

std::string architecture_to_json(const Graph& graph) { return to_json(graph); }

Graph architecture_from_json(std::string_view json, const std::string& where) {
  const Json parsed = parse_json(json, where);
  return architecture_from(JsonView(parsed, where));
}

Graph read_architecture(const std::string& path) {
  const std::vector<std::uint8_t> bytes = read_file(path, kMaxJsonBytes);
  try {
    Graph graph =
        architecture_from_json({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, path);
    return graph;
  } catch (const ShapeError& error) {  // which knows layers, but not where they come from
    throw FileError(path, 0, error.what());
  }
}

std::optional<Extent> architecture_input(const std::string& name_or_path) {
  std::error_code unreadable;
  if (is_built_in(name_or_path) || !std::filesystem::exists(name_or_path, unreadable))
    return std::nullopt;
  return input_extent(read_architecture(name_or_path));
}

Graph load_architecture(const std::string& name_or_path, const ImageFormat& images) {
  const auto& [image, plain, classes, numbered] = images;
  for (const BuiltInNetwork& network : built_in_networks())
    if (name_or_path == network.name) return network.make(network.padded ? image : plain, classes);
  std::error_code unreadable;
  if (!std::filesystem::exists(name_or_path, unreadable))
    throw FileError(
        name_or_path, 0,
        "unknown architecture: expected " + built_in_names() + " or the path of a JSON file");
  Graph graph = read_architecture(name_or_path);
  const Extent& input = input_extent(graph);
  const std::int64_t outputs = class_count(graph);
  const bool fits = is_flat_form(input, image) || is_flat_form(input, plain);
  if (!fits || outputs < classes || (outputs > classes && !numbered))
    throw ShapeError(fmt::format(
        "architecture {}: expected {}, as in the data{}, got {}", name_or_path,
        describe(image, classes),
        plain == image ? "" : fmt::format(" (or {}x{}, without border)", plain.h, plain.w),
        describe(input, outputs)));
  return graph;
}

}  // namespace karnin
