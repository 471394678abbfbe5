// Models of the C ABI: read, described, saved.
#include <algorithm>
#include <filesystem>
#include <span>

#include "api/library/foreign_model.h"
#include "api/library/objects.h"
#include "formats/io/atomic_file.h"
#include "formats/io/container.h"
#include "formats/model/model_file.h"

namespace karnin::api {
namespace {

bool is_foreign(const std::filesystem::path& path) { return path.extension() == ".onnx"; }

bool is_ours(std::span<const std::uint8_t> bytes) {
  return bytes.size() >= kMagic.size() && std::ranges::equal(bytes.first(kMagic.size()), kMagic);
}

Model read(const std::filesystem::path& path) {
  return is_foreign(path) ? read_foreign_model(path) : read_model(path);
}

Model decode(std::span<const std::uint8_t> bytes) {
  return is_ours(bytes) ? decode_model(bytes, "memory") : decode_foreign_model(bytes);
}

void write(const Model& model, const std::filesystem::path& path) {
  if (is_foreign(path))
    replace_file(path, encode_foreign_model(model));
  else
    write_model(path, model);
}

karnin_value value_of(const std::string& name, const Extent& extent, bool channels_last) {
  return {name.c_str(), extent.c, extent.h, extent.w, channels_last ? 1 : 0};
}

const Node& input_node(const Graph& graph) {
  input_extent(graph);  // throws unless there is one
  return *std::ranges::find_if(graph.nodes, [](const Node& node) { return is<Input>(node.op); });
}

void require_index(std::size_t index, std::size_t count) {
  if (index >= count)
    throw ArgumentError("index: expected less than " + std::to_string(count) + ", got " +
                        std::to_string(index));
}

}  // namespace
}  // namespace karnin::api

namespace api = karnin::api;

const char* karnin_version() { return KARNIN_VERSION; }

karnin_status karnin_load(const char* path, karnin_model** model) {
  return api::open_into(model, "model", [&] {
    return std::make_unique<karnin_model>(api::read(&api::required(path, "path")));
  });
}

karnin_status karnin_load_memory(const void* bytes, size_t size, karnin_model** model) {
  return api::open_into(model, "model", [&] {
    const auto* data = static_cast<const std::uint8_t*>(bytes);
    return std::make_unique<karnin_model>(api::decode({&api::required(data, "bytes"), size}));
  });
}

karnin_status karnin_save(const karnin_model* model, const char* path) {
  return api::guarded(
      [&] { api::write(api::opened(model, "model").model, &api::required(path, "path")); });
}

void karnin_model_close(karnin_model* model) { api::close(model); }

size_t karnin_input_count(const karnin_model* model) { return api::is_open(model) ? 1 : 0; }

size_t karnin_output_count(const karnin_model* model) {
  return api::is_open(model) ? model->outputs.size() : 0;
}

karnin_status karnin_input_at(const karnin_model* model, size_t index, karnin_value* value) {
  return api::guarded([&] {
    const karnin::Node& node = api::input_node(api::opened(model, "model").model.graph);
    api::require_index(index, 1);
    const karnin::Input& input = std::get<karnin::Input>(node.op);
    api::required(value, "value") =
        api::value_of(node.name, input.extent, input.order == karnin::PixelOrder::hwc);
  });
}

karnin_status karnin_output_at(const karnin_model* model, size_t index, karnin_value* value) {
  return api::guarded([&] {
    const std::vector<karnin::Output>& outputs = api::opened(model, "model").outputs;
    api::require_index(index, outputs.size());
    api::required(value, "value") =
        api::value_of(outputs[index].name, outputs[index].extent, false);
  });
}

karnin_status karnin_preprocess(const karnin_model* model, const float** mean, const float** std) {
  return api::guarded([&] {
    const karnin::Preprocess& preprocess = api::opened(model, "model").model.preprocess;
    api::required(mean, "mean") = preprocess.mean.data();
    api::required(std, "std") = preprocess.std.data();
  });
}

karnin_status karnin_parameters(const karnin_model* model, int64_t* all, int64_t* nonzero) {
  return api::guarded([&] {
    const karnin::Model& counted = api::opened(model, "model").model;
    api::required(all, "all") = counted.parameter_count();
    api::required(nonzero, "nonzero") = counted.nonzero_count();
  });
}
