#include "formats/exchange/any_model.h"

#include <utility>

#include "formats/exchange/onnx_reader.h"
#include "formats/exchange/safetensors_model.h"
#include "formats/model/architecture_json.h"
#include "formats/model/checkpoint_file.h"
#include "formats/model/model_file.h"
#include "runtime/core/error.h"
#include "runtime/graph/networks.h"

namespace karnin {
namespace {

namespace fs = std::filesystem;

void require_network(const fs::path& path) {
  if (is_safetensors(path))
    throw FileError(path.string(), 0,
                    "expected a network, got weights alone: read them into one by import --net");
}

ModelDescription without_weights(Model model) {
  return std::move(static_cast<ModelDescription&>(model));
}

}  // namespace

bool is_onnx(const fs::path& path) { return path.extension() == ".onnx"; }

Model read_any_model(const fs::path& path) {
  require_network(path);
  return is_onnx(path) ? read_onnx(path) : read_model(path);
}

Model read_any_model_or_checkpoint(const fs::path& path) {
  require_network(path);
  return is_onnx(path) ? read_onnx(path) : read_model_or_checkpoint(path);
}

ModelDescription read_any_network(const std::string& name_or_path) {
  constexpr std::int64_t kClasses = 10;
  for (const BuiltInNetwork& network : built_in_networks())
    if (name_or_path == network.name)
      return without_weights(make_model(network.make(network.input, kClasses)));
  if (fs::path(name_or_path).extension() == ".json")
    return without_weights(make_model(read_architecture(name_or_path)));
  return without_weights(read_any_model(name_or_path));
}

CompactModel read_any_compact_model(const fs::path& path) {
  require_network(path);
  if (!is_onnx(path)) return read_compact_model(path);
  Model model = read_onnx(path);
  CompactModel compact{std::move(static_cast<ModelDescription&>(model)), {}};
  for (Parameter& parameter : model.parameters)
    compact.parameters.push_back(compacted(std::move(parameter)));
  return compact;
}

}  // namespace karnin
