// Networks that others made, which are not part of this repository: KARNIN_MODELS names a folder of
// theirs, laid out as libonnx-testdata lays out its cases.
#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <map>

#include "formats/exchange/onnx_writer.h"
#include "formats/model/model_file.h"
#include "runtime/engine/engine.h"
#include "tests/support/onnx_case.h"
#include "tests/support/onnx_run.h"

namespace karnin {
namespace {

using test::Values;

std::filesystem::path folder_of(const char* model) {
  const char* folder = std::getenv("KARNIN_MODELS");
  return folder == nullptr ? std::filesystem::path() : std::filesystem::path(folder) / model;
}

/// The first `count` of a case's images, again from the start where it has fewer.
Values repeated(const Values& images, std::int64_t floats, std::int64_t count) {
  Values all;
  for (std::int64_t i = 0; i < count * floats; ++i)
    all.push_back(images[static_cast<std::size_t>(i) % images.size()]);
  return all;
}

void expect_answers(const Values& actual, const Values& expected) {
  ASSERT_EQ(actual.size(), expected.size());
  const auto larger = [](float a, float b) { return std::abs(a) < std::abs(b); };
  const float largest = std::abs(*std::ranges::max_element(expected, larger));
  for (std::size_t i = 0; i < actual.size(); ++i)
    ASSERT_NEAR(actual[i], expected[i], 1e-5F * largest) << "value " << i;
}

class OnnxModels : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    if (folder_of(GetParam()).empty()) GTEST_SKIP() << "KARNIN_MODELS names no folder";
    case_ = test::read_case(folder_of(GetParam()));
    model_ = read_onnx(folder_of(GetParam()) / "model.onnx");
    floats_ = input_extent(model_.graph).size();
    case_.input = test::in_planes(case_.input, model_.graph);
  }

  std::int64_t images() const { return std::ssize(case_.input) / floats_; }

  test::OnnxCase case_;
  Model model_;
  std::int64_t floats_ = 0;  ///< of an image
};

TEST_P(OnnxModels, GiveTheAnswersThatTheyCameWith) {
  expect_answers(test::run(model_, images(), case_.input), case_.outputs.front());
}

TEST_P(OnnxModels, StayTheSameInAFileOfOurs) {
  EXPECT_EQ(decode_model(encode_model(model_), "model.bin"), model_);
}

TEST_P(OnnxModels, GiveThemWhenTheyWereWrittenAgain) {
  for (const bool sparse : {false, true}) {
    const Model again = decode_onnx(encode_onnx(model_, {.sparse = sparse}), "again.onnx");
    EXPECT_EQ(input_extent(again.graph), input_extent(model_.graph));
    EXPECT_EQ(again.preprocess, model_.preprocess);
    expect_answers(test::run(again, images(), case_.input), case_.outputs.front());
  }
}

TEST_P(OnnxModels, GiveThemInEveryDomain) {
  const Values& output = case_.outputs.front();
  const std::int64_t answers = std::ssize(output) / images();
  for (const Domain domain : kAllDomains)
    for (const int threads : {1, 2})
      for (std::int64_t batch = 1; batch <= 17; ++batch) {
        SCOPED_TRACE(std::string(to_string(domain)) + ", threads " + std::to_string(threads) +
                     ", batch " + std::to_string(batch));
        Engine engine(model_,
                      {.batch = batch, .threads = threads, .race = false, .domain = domain});
        Values actual(static_cast<std::size_t>(batch * answers));
        engine.run(repeated(case_.input, floats_, batch), actual);
        expect_answers(actual, repeated(output, answers, batch));
        if (HasFatalFailure()) return;
      }
}

INSTANTIATE_TEST_SUITE_P(MlPerfTiny, OnnxModels,
                         ::testing::Values("ad_autoencoder", "ic_resnet8", "ic_resnet8_large",
                                           "kws_dscnn", "vww_mobilenet"));

/// The structure alone of a network of 102 MB: its weights are nodes that give nothing but one
/// number, which are weights from here on.
std::vector<std::uint8_t> filled(const std::filesystem::path& path) {
  auto model = test::parsed<onnx::ModelProto>(path);
  onnx::GraphProto& graph = *model.mutable_graph();
  std::map<std::string, onnx::TensorProto> shapes;
  for (const auto& tensor : graph.initializer()) shapes.emplace(tensor.name(), tensor);
  google::protobuf::RepeatedPtrField<onnx::NodeProto> nodes;
  for (const auto& node : graph.node()) {
    if (node.op_type() != "ConstantOfShape") {
      *nodes.Add() = node;
      continue;
    }
    onnx::TensorProto& weights = *graph.add_initializer();
    weights.set_name(node.output(0));
    weights.set_data_type(onnx::TensorProto::FLOAT);
    std::int64_t count = 1;
    const std::string& raw = shapes.at(node.input(0)).raw_data();
    for (std::size_t i = 0; i < raw.size(); i += sizeof(std::int64_t)) {
      std::int64_t dim = 0;
      std::memcpy(&dim, raw.data() + i, sizeof dim);
      weights.add_dims(dim);
      count *= dim;
    }
    const Values values(static_cast<std::size_t>(count), 0.01F);
    weights.set_raw_data(values.data(), values.size() * sizeof(float));
  }
  graph.mutable_node()->Swap(&nodes);
  const std::string text = model.SerializeAsString();
  return {text.begin(), text.end()};
}

TEST(LargeOnnxModels, AreRead) {
  if (folder_of("resnet50").empty()) GTEST_SKIP() << "KARNIN_MODELS names no folder";
  const Model model = decode_onnx(filled(folder_of("resnet50") / "light.onnx"), "resnet50");
  EXPECT_EQ(input_extent(model.graph), (Extent{3, 224, 224}));
  EXPECT_EQ(class_count(model.graph), 1000);
  EXPECT_GT(model.parameter_count(), 25'500'000);
}

}  // namespace
}  // namespace karnin
