#include "tests/support/onnx_case.h"

#include <algorithm>
#include <cstring>
#include <set>

namespace karnin::test {
namespace {

namespace fs = std::filesystem;

Values values_of(const onnx::TensorProto& tensor) {
  Values values(tensor.float_data().begin(), tensor.float_data().end());
  if (!tensor.has_raw_data() || tensor.data_type() != onnx::TensorProto::FLOAT) return values;
  values.resize(tensor.raw_data().size() / sizeof(float));
  std::memcpy(values.data(), tensor.raw_data().data(), values.size() * sizeof(float));
  return values;
}

/// What a case has for one of its inputs or outputs, where that is a tensor.
Values numbers_of(const onnx::ValueInfoProto& value, const fs::path& path) {
  if (!value.type().has_tensor_type() || !fs::exists(path)) return {};
  return values_of(parsed<onnx::TensorProto>(path));
}

/// Of a tensor with something for each image, raw as all of them are, what it has for one.
onnx::TensorProto of_image(onnx::TensorProto tensor, std::int64_t image, std::int64_t images) {
  const std::size_t bytes = tensor.raw_data().size() / static_cast<std::size_t>(images);
  tensor.set_raw_data(tensor.raw_data().substr(bytes * static_cast<std::size_t>(image), bytes));
  tensor.set_dims(0, 1);
  return tensor;
}

Values of_image(const Values& values, std::int64_t image, std::int64_t images) {
  const std::int64_t count = std::ssize(values) / images;
  return {values.begin() + image * count, values.begin() + (image + 1) * count};
}

/// That the first input is for.
std::int64_t images_of(const onnx::GraphProto& graph) {
  if (graph.input().empty()) return 1;
  const auto& shape = graph.input(0).type().tensor_type().shape();
  return shape.dim_size() == 0 ? 1 : std::max<std::int64_t>(1, shape.dim(0).dim_value());
}

/// The tensor of an input that stands for numbers of all images, if it is one.
bool has_images(const onnx::TensorProto& tensor, const onnx::GraphProto& graph) {
  const auto& shape = graph.input(0).type().tensor_type().shape();
  return tensor.dims_size() > 0 && tensor.dims_size() == shape.dim_size() &&
         tensor.dims(0) == shape.dim(0).dim_value();
}

/// What a network cannot take in beside its images stands in the file: for all of them, or, where
/// it has something for each, for one.
void bind_inputs(onnx::GraphProto& graph, const fs::path& data, std::optional<std::int64_t> image) {
  std::set<std::string> known;
  for (const auto& tensor : graph.initializer()) known.insert(tensor.name());
  int index = 0;
  for (const auto& input : graph.input()) {
    if (known.contains(input.name())) continue;
    const fs::path path = data / ("input_" + std::to_string(index) + ".pb");
    if (index++ == 0 || !input.type().has_tensor_type() || !fs::exists(path)) continue;
    auto tensor = parsed<onnx::TensorProto>(path);
    tensor.set_name(input.name());
    if (image && has_images(tensor, graph))
      tensor = of_image(std::move(tensor), *image, tensor.dims(0));
    *graph.add_initializer() = std::move(tensor);
  }
}

}  // namespace

OnnxCase read_case(const fs::path& folder, std::optional<std::int64_t> image) {
  auto model = parsed<onnx::ModelProto>(folder / "model.onnx");
  const fs::path data = folder / "test_data_set_0";
  OnnxCase result{folder.filename(), 1, {}, {}, {}, {}};
  for (const auto& node : model.graph().node()) result.operators.insert(node.op_type());
  bind_inputs(*model.mutable_graph(), data, image);
  const std::string text = model.SerializeAsString();
  result.bytes.assign(text.begin(), text.end());
  const auto& inputs = model.graph().input();
  const auto& outputs = model.graph().output();
  if (!inputs.empty()) result.input = numbers_of(inputs[0], data / "input_0.pb");
  for (int k = 0; k < outputs.size(); ++k)
    result.outputs.push_back(
        numbers_of(outputs[k], data / ("output_" + std::to_string(k) + ".pb")));
  result.images = images_of(model.graph());
  if (!image) return result;
  result.input = of_image(result.input, *image, result.images);
  for (Values& output : result.outputs) output = of_image(output, *image, result.images);
  return result;
}

std::vector<fs::path> cases_in(const fs::path& folder) {
  std::vector<fs::path> cases;
  std::error_code missing;
  for (const auto& entry : fs::directory_iterator(folder, missing))
    if (fs::exists(entry.path() / "model.onnx")) cases.push_back(entry.path());
  std::ranges::sort(cases);
  return cases;
}

Values in_planes(const Values& images, const Graph& graph) {
  const auto& input = std::get<Input>(graph.node(0).op);
  if (input.order == PixelOrder::chw) return images;
  const auto [c, h, w] = input.extent;
  Values planes(images.size());
  for (std::size_t i = 0; i < images.size(); ++i) {
    const auto at = static_cast<std::int64_t>(i);
    const std::int64_t image = at / input.extent.size(), channel = at % c, pixel = at / c % (h * w);
    planes[static_cast<std::size_t>((image * c + channel) * h * w + pixel)] = images[i];
  }
  return planes;
}

}  // namespace karnin::test
