#include "formats/exchange/any_model.h"

#include <utility>

#include "formats/exchange/onnx_reader.h"
#include "formats/model/checkpoint_file.h"
#include "formats/model/model_file.h"

namespace karnin {

bool is_onnx(const std::filesystem::path& path) { return path.extension() == ".onnx"; }

Model read_any_model(const std::filesystem::path& path) {
  return is_onnx(path) ? read_onnx(path) : read_model(path);
}

Model read_any_model_or_checkpoint(const std::filesystem::path& path) {
  return is_onnx(path) ? read_onnx(path) : read_model_or_checkpoint(path);
}

CompactModel read_any_compact_model(const std::filesystem::path& path) {
  if (!is_onnx(path)) return read_compact_model(path);
  Model model = read_onnx(path);
  CompactModel compact{std::move(static_cast<ModelDescription&>(model)), {}};
  for (Parameter& parameter : model.parameters)
    compact.parameters.push_back(compacted(std::move(parameter)));
  return compact;
}

}  // namespace karnin
