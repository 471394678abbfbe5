#include "formats/model/architecture_json.h"

#include <gmock/gmock.h>

#include "runtime/core/error.h"
#include "runtime/graph/networks.h"
#include "tests/support/error_message.h"
#include "tests/support/every_op.h"
#include "tests/support/temporary_directory.h"

namespace karnin {
namespace {

using test::error_message;
using ::testing::HasSubstr;

/// A file whose layers are the given text.
std::string with_layers(const std::string& layers) {
  return R"({"name":"n","input":[1,8,8],"layers":[)" + layers + "]}";
}

std::string refusal(const std::string& json) {
  return error_message<FileError>([&] { architecture_from_json(json, "net.json"); });
}

const std::string kLast = R"({"name":"fc","type":"fully_connected","oc":10})";

Graph every_layer() {
  return make_chain("every \"layer\"", {3, 20, 24},
                    {{"conv", Conv2d{4, 3, 5, 1, 2, 1, 2}},
                     {"max", Pool2d{PoolKind::max, 2, 3, 2, 1, 1, 0}},
                     {"avg", Pool2d{PoolKind::average, 3, 2, 1, 2, 0, 1}},
                     {"relu", Relu{}},
                     {"drop", Dropout{0.3F}},
                     {"fc", FullyConnected{7}}});
}

TEST(ArchitectureJson, RoundTripsAndIsCanonical) {
  for (const Graph& net :
       {khanal2018(), khanal2018({1, 32, 32}, 7), every_layer(), test::every_op()}) {
    const std::string text = architecture_to_json(net);
    EXPECT_EQ(architecture_from_json(text, "f"), net);
    EXPECT_EQ(architecture_to_json(architecture_from_json(text, "f")), text);
  }
}

TEST(ArchitectureJson, WritesTheSchema) {
  const Graph net = make_chain("n", {1, 6, 6}, {{"c", Conv2d{2, 5, 6}}, {"f", FullyConnected{3}}});
  EXPECT_EQ(architecture_to_json(net),
            R"({"name":"n","input":[1,6,6],"layers":[)"
            R"({"name":"c","type":"conv2d","oc":2,"kernel":[5,6],"stride":[1,1],"padding":[0,0],)"
            R"("inputs":["input"]},)"
            R"({"name":"f","type":"fully_connected","oc":3,"inputs":["c"]}]})");
}

TEST(ArchitectureJson, FillsInWhatMayBeLeftOut) {
  const Graph net =
      architecture_from_json(with_layers(R"({"type":"conv2d","name":"c","oc":2,"kernel":[3,3]},
                     {"type":"avg_pool2d","name":"p","kernel":[2,3]},)" +
                                         kLast),
                             "f");
  EXPECT_EQ(std::get<Conv2d>(net.nodes[1].op), (Conv2d{2, 3, 3, 1, 1, 0, 0}));
  EXPECT_EQ(std::get<Pool2d>(net.nodes[2].op), (Pool2d{PoolKind::average, 2, 3, 2, 3, 0, 0}))
      << "windows that do not overlap";
  EXPECT_EQ(net.nodes[1].inputs, std::vector<NodeId>{0});
  EXPECT_EQ(net.nodes[3].inputs, std::vector<NodeId>{2});
}

TEST(ArchitectureJson, NamesThePlaceOfWhatItRefuses) {
  EXPECT_THAT(refusal("[]"), HasSubstr("JSON: expected an object"));
  EXPECT_THAT(refusal(R"({"name":"n","input":[1,8,8]})"), HasSubstr("expected a key \"layers\""));
  EXPECT_THAT(refusal(R"({"name":1,"input":[1,8,8],"layers":[]})"),
              HasSubstr("name: expected a s"));
  EXPECT_THAT(refusal(R"({"name":"n","input":[1,8],"layers":[]})"),
              HasSubstr("input: expected an array of 3 integers, got [1,8]"));
  EXPECT_THAT(refusal(R"({"name":"n","input":[1,0,8],"layers":[]})"),
              HasSubstr("input[1]: expected 1 to 1048576, got 0"));
  EXPECT_THAT(refusal(R"({"name":"n","input":[1,8,8],"layers":{}})"),
              HasSubstr("layers: expected an array"));
  EXPECT_THAT(
      refusal(R"({"name":"n","input":[1,8,8],"layers":[],"x":0})"),
      HasSubstr("unknown key \"x\": expected name, input, order, layers, outputs (net.json"));
  std::string layers = "0";
  for (int i = 0; i < 4096; ++i) layers += ",0";
  EXPECT_THAT(refusal(with_layers(layers)),
              HasSubstr("layers: expected at most 4096 layers, got 4097 (net.json"));
}

TEST(ArchitectureJson, RefusesUnsoundLayers) {
  const auto layer_refusal = [](const std::string& layer) {
    return refusal(with_layers(kLast + "," + layer));
  };
  EXPECT_THAT(layer_refusal("7"), HasSubstr("layers[1]: expected an object, got 7"));
  EXPECT_THAT(layer_refusal(R"({"name":"a","type":"lstm"})"),
              HasSubstr(R"(layers[1].type: unknown layer type "lstm")"));
  EXPECT_THAT(layer_refusal(R"({"name":"a","type":"relu","oc":1})"),
              HasSubstr(R"(layers[1]: unknown key "oc")"));
  EXPECT_THAT(layer_refusal(R"({"name":"a","type":"fully_connected","oc":2.0})"),
              HasSubstr("layers[1].oc: expected an integer, got 2.0"));
  EXPECT_THAT(layer_refusal(R"({"name":"a","type":"conv2d","oc":-1,"kernel":[1,1]})"),
              HasSubstr("layers[1].oc: expected 1 to 1048576, got -1"));
  for (const std::string oc : {"1048577", "9223372036854775808", "18446744073709551615"})
    EXPECT_THAT(layer_refusal(R"({"name":"a","type":"fully_connected","oc":)" + oc + "}"),
                HasSubstr("layers[1].oc: expected 1 to 1048576, got " + oc));
  EXPECT_THAT(layer_refusal(R"({"name":"a","type":"conv2d","oc":1,"kernel":[1,"1"]})"),
              HasSubstr("layers[1].kernel[1]: expected an integer"));
  EXPECT_THAT(layer_refusal(R"({"name":"a","type":"max_pool2d","kernel":3})"),
              HasSubstr("layers[1].kernel: expected an array of 2 integers, got 3"));
  EXPECT_THAT(layer_refusal(R"({"name":"a","type":"dropout","rate":"0.5"})"),
              HasSubstr("layers[1].rate: expected a number"));
  EXPECT_THAT(layer_refusal(R"({"name":"a","type":"relu","inputs":["b"]})"),
              HasSubstr(R"(layers[1].inputs[0]: no layer before this one is called "b")"));
  EXPECT_THAT(layer_refusal(R"({"name":"a","type":"relu","inputs":["a"]})"), HasSubstr("no layer"));
}

TEST(ArchitectureJson, RefusesShapesThatDoNotChain) {
  const auto shape_refusal = [](const std::string& layers) {
    return error_message<ShapeError>([&] { architecture_from_json(with_layers(layers), "f"); });
  };
  shape_refusal("");
  shape_refusal(R"({"name":"c","type":"conv2d","oc":1,"kernel":[9,9]},)" + kLast);
  shape_refusal(kLast + "," + kLast);
  shape_refusal(R"({"name":"a","type":"dropout","rate":1.0},)" + kLast);
  shape_refusal(R"({"name":"a","type":"relu"},{"name":"b","type":"relu","inputs":["input"]},)" +
                kLast);
  shape_refusal(R"({"name":"a","type":"relu","inputs":[]},)" + kLast);
  EXPECT_THAT(
      shape_refusal(R"({"name":"a","type":"batch_norm","epsilon":0,"ghost_batch":33},)" + kLast),
      HasSubstr("ghost_batch must be a multiple of 16"));
  EXPECT_THAT(shape_refusal(R"({"name":"input","type":"relu"},)" + kLast), HasSubstr("reserved"));
  // 2^20 x 2^20 windows over 2^20 channels: the weight count does not fit into 64 bits.
  shape_refusal(R"({"name":"c","type":"conv2d","oc":1048576,"kernel":[1048576,1048576],)"
                R"("padding":[1048575,1048575]},{"name":"d","type":"conv2d","oc":1048576,)"
                R"("kernel":[1048576,1048576],"padding":[1048575,1048575]},)" +
                kLast);
}

/// Images with these extents, read with a border of 2 pixels.
ImageFormat images_of(const Extent& extent, std::int64_t classes = 10) {
  return {extent, {extent.c, extent.h - 4, extent.w - 4}, classes};
}

TEST(ArchitectureJson, ListsSeveralOutputsAndEachOnce) {
  Graph net = make_chain("net", {2, 4, 4}, {{"conv", Conv2d{3, 2, 2}}, {"relu", Relu{}}});
  for (const std::vector<NodeId>& outputs : {std::vector{2, 1}, {1, 2}, {0, 1, 2}}) {
    net.outputs = outputs;
    EXPECT_EQ(architecture_from_json(architecture_to_json(net), "net.json"), net);
  }
  EXPECT_THAT(architecture_to_json(net), HasSubstr(R"("outputs":["input","conv","relu"]})"));
  net.outputs = {2, 1, 2};
  EXPECT_THROW(architecture_to_json(net), ShapeError);
  EXPECT_THAT(error_message<ShapeError>([] {
                architecture_from_json(
                    R"({"name":"x","input":[1,4,4],"layers":[{"name":"a","type":"relu"}],)"
                    R"("outputs":["a","a"]})",
                    "net.json");
              }),
              HasSubstr("layer 'a': expected to be an output once, got twice"));
}

TEST(LoadArchitecture, KnowsTheBuiltInOnes) {
  const ImageFormat images = images_of({1, 32, 32});
  EXPECT_EQ(load_architecture("khanal2018", images), khanal2018({1, 32, 32}, 10));
  EXPECT_EQ(load_architecture("lenet-300-100", images), lenet_300_100({1, 28, 28}, 10));
  EXPECT_EQ(load_architecture("lenet-5", images), lenet_5());
}

TEST(LoadArchitecture, ReadsAFileThatFitsTheData) {
  const test::TemporaryDirectory directory;
  const std::string path = (directory / "net.json").string();
  test::write_text(path, architecture_to_json(khanal2018()));
  EXPECT_EQ(load_architecture(path, images_of({3, 32, 32})), khanal2018());
  EXPECT_EQ(load_architecture(path, images_of({3, 36, 36})), khanal2018()) << "without the border";
  EXPECT_THAT(error_message<ShapeError>([&] { load_architecture(path, images_of({1, 32, 32})); }),
              HasSubstr("expected 1x32x32 images in 10 classes, as in the data (or 28x28, without "
                        "border), got 3x32x32"));
  EXPECT_THROW(load_architecture(path, images_of({3, 32, 32}, 9)), ShapeError);
  const ImageFormat borderless{{1, 28, 28}, {1, 28, 28}, 10};
  EXPECT_THAT(error_message<ShapeError>([&] { load_architecture(path, borderless); }),
              HasSubstr("expected 1x28x28 images in 10 classes, as in the data, got 3x32x32"));
}

TEST(LoadArchitecture, RefusesUnknownNamesAndUnsoundFiles) {
  const ImageFormat images = images_of({3, 32, 32});
  EXPECT_THAT(error_message<FileError>([&] { load_architecture("resnet", images); }),
              HasSubstr("lenet-5 or the path of a JSON file (resnet"));
  const test::TemporaryDirectory directory;
  EXPECT_THROW(load_architecture(directory.path().string(), images), FileError);
  test::write_text(directory / "a.json", "{");
  EXPECT_THROW(load_architecture((directory / "a.json").string(), images), FileError);
}

/// Whoever mistypes is told what there is.
TEST(ArchitectureJson, UnknownWordsListWhatIsExpected) {
  const auto refusal = [](const std::string& layer, const std::string& more = "") {
    return test::error_message<FileError>([&] {
      architecture_from_json(
          R"({"name":"x","input":[1,4,4],"layers":[{"name":"a",)" + layer + "}]" + more + "}",
          "net.json");
    });
  };
  EXPECT_THAT(refusal(R"("type":"conv")"),
              testing::AllOf(testing::HasSubstr(
                                 "layers[0].type: unknown layer type \"conv\": expected conv2d, "
                                 "max_pool2d, avg_pool2d, relu, fully_connected, dropout, "),
                             testing::HasSubstr(" or divide")));
  const std::pair<const char*, const char*> cases[] = {
      {R"("type":"conv2d","oc":1,"kernels":[1,1])",
       "name, type, inputs, oc, kernel, stride, padding, dilation, groups"},
      {R"("type":"max_pool2d","oc":1)", "name, type, inputs, kernel, stride, padding"},
      {R"("type":"avg_pool2d","oc":1)",
       "name, type, inputs, kernel, stride, padding, count_padding"},
      {R"("type":"clip","low":1)", "name, type, inputs, min, max"},
      {R"("type":"hard_swish","alpha":1)", "name, type, inputs"},
      {R"("type":"relu","slope":1)", "name, type, inputs"},
      {R"("type":"fully_connected","units":1)", "name, type, inputs, oc"},
      {R"("type":"dropout","p":1)", "name, type, inputs, rate"}};
  for (const auto& [layer, expected] : cases)
    EXPECT_THAT(
        refusal(layer),
        testing::ContainsRegex(std::string("unknown key \"[a-z]+\": expected ") + expected + " "));
  EXPECT_THAT(refusal(R"("type":"relu")", R"(,"output":1)"),
              testing::HasSubstr("unknown key \"output\": expected name, input, order, layers"));
  EXPECT_THAT(refusal(R"("type":"relu")", R"(,"outputs":["b"])"),
              testing::HasSubstr("outputs[0]: no layer before this one is called \"b\""));
  EXPECT_THAT(refusal(R"("type":"relu")", R"(,"order":"nhwc")"),
              testing::HasSubstr("order: expected \"chw\" or \"hwc\""));
}

}  // namespace
}  // namespace karnin
