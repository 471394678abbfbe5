// Architectures as data: the JSON schema that --arch FILE.json and the model file share.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "runtime/graph/graph.h"

namespace karnin {

/// Canonical text: the same architecture always gives the same bytes. Throws ShapeError for an
/// unsound architecture, ArgumentError for names that are not UTF-8.
std::string architecture_to_json(const Graph& graph);

/// Unknown keys and layer types are refused. `where` names the source in messages.
/// Throws FileError for bad JSON or schema, ShapeError for shapes that do not chain.
Graph architecture_from_json(std::string_view json, const std::string& where);

/// The same from a JSON file. Throws FileError.
Graph read_architecture(const std::string& path);

/// The images that a network is to tell apart.
struct ImageFormat {
  Extent extent;  ///< with the border that reading put around them
  Extent plain;   ///< without it
  std::int64_t classes = 0;
  bool numbered = false;  ///< classes have no names, and a network may have more of them
};

/// The images that the network in a file takes; nothing for a built-in name, or where there is no
/// such file. Throws as load_architecture() does otherwise.
std::optional<Extent> architecture_input(const std::string& name_or_path);

/// A built-in name (networks.h), made to fit the images, or the path of a JSON file. The images may
/// have to lose their border for it. Throws FileError for a file that is missing or unsound, and
/// for an unknown name; ShapeError for one that does not fit.
Graph load_architecture(const std::string& name_or_path, const ImageFormat& images);

}  // namespace karnin
