// ONNX files with several outputs: their order, their names, and heads as detectors have them.
#include <gmock/gmock.h>

#include <cmath>
#include <map>
#include <span>

#include "formats/model/model_file.h"
#include "runtime/engine/engine.h"
#include "tests/support/error_message.h"
#include "tests/support/fill.h"
#include "tests/support/onnx_run.h"

namespace karnin {
namespace {

using test::decoded;
using test::OnnxFile;
using test::run_all;
using test::Values;
using ::testing::ElementsAre;

std::vector<std::string> names_of(const Graph& graph) {
  std::vector<std::string> names;
  for (const Output& output : outputs_of(graph)) names.push_back(output.name);
  return names;
}

TEST(OnnxOutputs, KeepTheirOrderAndNames) {
  OnnxFile file;
  file.input("x", {-1, 2}).node("Relu", {"x"}, "a").node("Neg", {"a"}, "unused");
  file.node("Tanh", {"a"}, "b").output("b").output("a");
  file.proto().mutable_graph()->mutable_node(0)->set_name("first layer");
  const Model model = decoded(file);
  EXPECT_THAT(names_of(model.graph), ElementsAre("b", "a"));
  EXPECT_THAT(run_all(model, 1, {-1, 2}),
              ElementsAre(ElementsAre(0, std::tanh(2.0F)), ElementsAre(0, 2)));
}

/// No name of a node is needed where there is but one output.
TEST(OnnxOutputs, NameNodesOnlyWhereThereAreSeveral) {
  OnnxFile file;
  file.input("x", {-1, 2}).node("Relu", {"x"}, "a").output("a");
  file.proto().mutable_graph()->mutable_node(0)->set_name("layer");
  EXPECT_THAT(names_of(decoded(file).graph), ElementsAre("layer"));
}

TEST(OnnxOutputs, TakeTheirNamesFromNodesThatOnlyBearThem) {
  OnnxFile file;
  file.input("x", {-1, 2}).node("Relu", {"x"}, "a").node("Tanh", {"a"}, "input");
  file.output("input").output("a");
  file.proto().mutable_graph()->mutable_node(0)->set_name("late");
  file.proto().mutable_graph()->mutable_node(1)->set_name("a");
  const Model model = decoded(file);
  EXPECT_THAT(names_of(model.graph), ElementsAre("input_2", "a"));  // ours has an input
  EXPECT_EQ(model.graph.nodes[1].op, Op(Relu{}));
  EXPECT_EQ(model.graph.nodes[1].name, "a");
}

/// Each name has a node, though in the file they are names of one value.
TEST(OnnxOutputs, OfOneValueAreCopies) {
  OnnxFile file;
  file.input("x", {-1, 2}).node("Relu", {"x"}, "a").node("Identity", {"a"}, "b");
  file.node("Identity", {"x"}, "c").output("a").output("b").output("c").output("x").output("a");
  const Model model = decoded(file);
  EXPECT_THAT(names_of(model.graph), ElementsAre("a", "b", "c", "x", "a_2"));
  EXPECT_THAT(run_all(model, 1, {-1, 2}),
              ElementsAre(ElementsAre(0, 2), ElementsAre(0, 2), ElementsAre(-1, 2),
                          ElementsAre(-1, 2), ElementsAre(0, 2)));
}

TEST(OnnxOutputs, DependOnTheImageEach) {
  OnnxFile file;
  file.input("x", {-1, 2}).node("Relu", {"x"}, "a").reals("anchors", {2}, {1, 2});
  EXPECT_THAT(test::error_message<FileError>([&] { decoded(file.output("a").output("anchors")); }),
              testing::HasSubstr("output 'anchors': expected a value that depends on the image"));
}

TEST(OnnxOutputs, AreNoMoreThanLayers) {
  OnnxFile file;
  file.input("x", {-1, 2}).node("Relu", {"x"}, "a");
  for (std::size_t i = 0; i < kMaxNodes + 2; ++i) file.output("a");
  EXPECT_THAT(test::error_message<FileError>([&] { decoded(file); }),
              testing::HasSubstr("expected at most 4096 layers, got more"));
}

/// Two anchors a pixel on maps of 4 x 6 and 2 x 3: boxes (N, 60, 4), the probabilities of 3 classes
/// (N, 60, 3), and whether there is anything (N, 60).
struct Heads {
  static constexpr std::int64_t kAnchors = 60, kBox = 4, kClasses = 3;

  Heads() {
    file.input("image", {-1, 3, 8, 12});
    conv("large", "image", 3, 5, 2, 2);
    conv("small", "large", 5, 6, 2, 2);
    for (const auto& [kind, values] : {std::pair{"box", kBox}, {"class", kClasses}, {"any", 1}}) {
      head(kind, "large", 5, values);
      head(kind, "small", 6, values);
      const std::string name(kind);
      file.node("Concat", {name + "_large_rows", name + "_small_rows"}, name).with("axis", 1);
    }
    file.node("Softmax", {"class"}, "scores").with("axis", 2);
    file.integers("flat", {0, -1}).node("Reshape", {"any", "flat"}, "objectness");
    file.node("Sigmoid", {"objectness"}, "found");
    file.output("scores").output("box").output("found");
  }

  void conv(const std::string& name, const std::string& src, std::int64_t ic, std::int64_t oc,
            std::int64_t kernel, std::int64_t stride) {
    const Values w = test::uniforms(oc * ic * kernel * kernel, name.size() + 7);
    const Values b = test::uniforms(oc, name.size() + 8);
    weights[name] = {w, b};
    file.reals(name + "_w", {oc, ic, kernel, kernel}, w).reals(name + "_b", {oc}, b);
    file.node("Conv", {src, name + "_w", name + "_b"}, name);
    file.with("strides", {stride, stride});
  }

  void head(const std::string& kind, const std::string& map, std::int64_t ic, std::int64_t values) {
    const std::string name = kind + "_" + map;
    conv(name, map, ic, 2 * values, 1, 1);
    file.node("Transpose", {name}, name + "_hwc").with("perm", {0, 2, 3, 1});
    file.integers(name + "_shape", {0, -1, values});
    file.node("Reshape", {name + "_hwc", name + "_shape"}, name + "_rows");
  }

  /// Of one image, by the definition: NCHW in and out, kernel as large as the stride.
  Values convolved(const std::string& name, const Values& src, const Extent& in, std::int64_t oc,
                   std::int64_t kernel) const {
    const auto& [w, b] = weights.at(name);
    Values dst;
    for (std::int64_t o = 0; o < oc; ++o)
      for (std::int64_t y = 0; y < in.h / kernel; ++y)
        for (std::int64_t x = 0; x < in.w / kernel; ++x) {
          double sum = b[static_cast<std::size_t>(o)];
          for (std::int64_t c = 0; c < in.c; ++c)
            for (std::int64_t i = 0; i < kernel * kernel; ++i) {
              const std::int64_t row = y * kernel + i / kernel, col = x * kernel + i % kernel;
              sum += static_cast<double>(
                         w[static_cast<std::size_t>((o * in.c + c) * kernel * kernel + i)]) *
                     src[static_cast<std::size_t>((c * in.h + row) * in.w + col)];
            }
          dst.push_back(static_cast<float>(sum));
        }
    return dst;
  }

  /// (60, values): pixel after pixel, and of each pixel anchor after anchor.
  Values rows(const std::string& kind, const Values& large, const Values& small,
              std::int64_t values) const {
    Values all;
    const auto add = [&](const std::string& map, const Values& src, const Extent& in) {
      const Values planes = convolved(kind + "_" + map, src, in, 2 * values, 1);
      for (std::int64_t pixel = 0; pixel < in.h * in.w; ++pixel)
        for (std::int64_t c = 0; c < 2 * values; ++c)
          all.push_back(planes[static_cast<std::size_t>(c * in.h * in.w + pixel)]);
    };
    add("large", large, {5, 4, 6});
    add("small", small, {6, 2, 3});
    return all;
  }

  std::vector<Values> expected(const Values& image) const {
    const Values large = convolved("large", image, {3, 8, 12}, 5, 2);
    const Values small = convolved("small", large, {5, 4, 6}, 6, 2);
    Values scores = rows("class", large, small, kClasses), found = rows("any", large, small, 1);
    for (std::size_t row = 0; row < scores.size(); row += kClasses) {
      float sum = 0;
      for (std::size_t i = 0; i < kClasses; ++i) sum += std::exp(scores[row + i]);
      for (std::size_t i = 0; i < kClasses; ++i) scores[row + i] = std::exp(scores[row + i]) / sum;
    }
    for (float& x : found) x = 1 / (1 + std::exp(-x));
    return {scores, rows("box", large, small, kBox), found};
  }

  OnnxFile file;
  std::map<std::string, std::pair<Values, Values>> weights;
};

void expect_near(const std::vector<Values>& actual, const std::vector<Values>& expected) {
  ASSERT_EQ(actual.size(), expected.size());
  for (std::size_t k = 0; k < expected.size(); ++k)
    EXPECT_THAT(actual[k], testing::Pointwise(testing::FloatNear(2e-5F), expected[k])) << k;
}

TEST(OnnxOutputs, AreTheHeadsOfADetector) {
  const Heads heads;
  const Model model = decoded(heads.file);
  EXPECT_THAT(names_of(model.graph), ElementsAre("scores", "box", "found"));
  const Values image = test::uniforms(input_extent(model.graph).size(), 5);
  expect_near(run_all(model, 1, image), heads.expected(image));
}

TEST(OnnxOutputs, OfADetectorComeOutOfAnEngineAndAFileOfOurs) {
  const Heads heads;
  const Model model = decode_model(encode_model(decoded(heads.file)), "model.bin");
  EXPECT_EQ(model, decoded(heads.file));
  const Values image = test::uniforms(input_extent(model.graph).size(), 5);
  const std::vector<Values> expected = heads.expected(image);
  for (const Domain domain : kAllDomains) {
    Engine engine(model, {.batch = 1, .threads = 1, .race = false, .domain = domain});
    std::vector<Values> outputs;
    for (const Values& each : expected) outputs.emplace_back(each.size());
    const std::vector<std::span<float>> room(outputs.begin(), outputs.end());
    engine.run(image, room);
    expect_near(outputs, expected);
  }
}

}  // namespace
}  // namespace karnin
