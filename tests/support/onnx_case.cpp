#include "tests/support/onnx_case.h"

#include <gtest/gtest.h>
#include <onnx/onnx_pb.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <set>

namespace karnin::test {
namespace {

namespace fs = std::filesystem;

template <typename Message>
Message parsed(const fs::path& path) {
  Message message;
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(message.ParseFromIstream(&file)) << path;
  return message;
}

Values values_of(const onnx::TensorProto& tensor) {
  Values values(tensor.float_data().begin(), tensor.float_data().end());
  if (!tensor.has_raw_data() || tensor.data_type() != onnx::TensorProto::FLOAT) return values;
  values.resize(tensor.raw_data().size() / sizeof(float));
  std::memcpy(values.data(), tensor.raw_data().data(), values.size() * sizeof(float));
  return values;
}

/// What a network cannot take in beside its images stands in the file.
void bind_inputs(onnx::GraphProto& graph, const fs::path& data) {
  std::set<std::string> known;
  for (const auto& tensor : graph.initializer()) known.insert(tensor.name());
  int index = 0;
  for (const auto& input : graph.input()) {
    if (known.contains(input.name())) continue;
    const fs::path path = data / ("input_" + std::to_string(index) + ".pb");
    if (index++ == 0 || !input.type().has_tensor_type() || !fs::exists(path)) continue;
    auto tensor = parsed<onnx::TensorProto>(path);
    tensor.set_name(input.name());
    *graph.add_initializer() = std::move(tensor);
  }
}

}  // namespace

OnnxCase read_case(const fs::path& folder) {
  auto model = parsed<onnx::ModelProto>(folder / "model.onnx");
  const fs::path data = folder / "test_data_set_0";
  OnnxCase result{folder.filename(), {}, {}, {}};
  bind_inputs(*model.mutable_graph(), data);
  const std::string text = model.SerializeAsString();
  result.bytes.assign(text.begin(), text.end());
  const auto first = [&](const char* file) {
    return fs::exists(data / file) ? values_of(parsed<onnx::TensorProto>(data / file)) : Values();
  };
  const auto is_tensor = [](const auto& values) {
    return values.empty() || values[0].type().has_tensor_type();
  };
  if (is_tensor(model.graph().input())) result.input = first("input_0.pb");
  if (is_tensor(model.graph().output())) result.output = first("output_0.pb");
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
