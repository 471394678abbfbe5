// karnin-cpu predict: pictures, arrays and folders, through networks of all kinds.
#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <sstream>

#include "formats/data/array_data.h"
#include "formats/data/cifar10.h"
#include "formats/model/model_file.h"
#include "tests/cli/workspace.h"
#include "tests/support/bright_squares.h"
#include "tests/support/fill.h"
#include "tests/support/onnx_file.h"
#include "tests/support/pictures.h"

namespace karnin {
namespace {

namespace fs = std::filesystem;

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;
using Words = std::vector<std::string>;
using Json = nlohmann::json;

/// The test images of the workspace as pictures, and as an array.
class Predict : public test::TrainedTest {
 protected:
  static void SetUpTestSuite() {
    TrainedTest::SetUpTestSuite();
    images_ = read_cifar10(workspace->data()).test;
    test::write_pictures(workspace->path("pictures"), images_);
    test::write_arrays(file("array"), images_, true);
  }

  static Words words(const std::string& model, const Words& more) {
    Words all{"predict", "--model", file(model)};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  static Json predict(const Words& more, const std::string& model = "run/model.bin") {
    return workspace->run_json(words(model, more));
  }
  static void refuse(int status, const Words& all, const Words& parts) {
    const test::ProcessResult result = workspace->run(all);
    EXPECT_EQ(result.status, status) << result.err;
    EXPECT_EQ(std::ranges::count(result.err, '\n'), 1) << result.err;
    for (const std::string& part : parts) EXPECT_THAT(result.err, HasSubstr(part));
    EXPECT_LE(std::ranges::count(result.out, '\n'), 1) << "no more than a header";
  }

  inline static ImageSet images_;
};

TEST_F(Predict, AgreesWithEval) {
  const Json images = predict({file("array_x.npy"), "--top", "1"})["images"];
  ASSERT_THAT(images, SizeIs(200));
  std::int64_t correct = 0;
  for (std::size_t i = 0; i < 200; ++i) {
    EXPECT_EQ(images[i]["image"], file("array_x.npy") + "[" + std::to_string(i) + "]");
    correct += images[i]["top"][0]["class"] == images_.labels[i] ? 1 : 0;
  }
  const Json report =
      workspace->run_json({"eval", "--model", file("run/model.bin"), "--data", workspace->data()});
  EXPECT_EQ(report["correct"], correct);
}

TEST_F(Predict, PicturesAreWhatTheirPixelsAre) {
  const Json array = predict({file("array_x.npy"), "--top", "10"})["images"];
  const Json pictures = predict({file("pictures"), "--top", "10"})["images"];
  ASSERT_THAT(pictures, SizeIs(200));
  for (const Json& picture : pictures) {
    const std::string name = picture["image"];
    const std::size_t i = std::stoul(name.substr(name.size() - 8, 4));
    EXPECT_EQ(picture["top"], array[i]["top"]) << name;
  }
}

TEST_F(Predict, WritesALineForEachClass) {
  const std::string image = file("pictures/class 3/0003.png");
  const test::ProcessResult result = workspace->run(words("run/model.bin", {image, "--top", "3"}));
  EXPECT_EQ(result.status, 0) << result.err;
  std::istringstream lines(result.out);
  std::string line;
  std::getline(lines, line);
  EXPECT_EQ(line, "image,rank,class,name,probability");
  const Json top = predict({image, "--top", "3"})["images"][0]["top"];
  for (std::size_t rank = 0; rank < 3; ++rank) {
    std::getline(lines, line);
    EXPECT_EQ(line, fmt::format("{},{},{},{},{:.6f}", image, rank + 1,
                                top[rank]["class"].get<int>(), top[rank]["name"].get<std::string>(),
                                top[rank]["probability"].get<double>()));
  }
  EXPECT_FALSE(std::getline(lines, line));
}

TEST_F(Predict, ProbabilitiesFallAndSumToOne) {
  const Json list = predict({file("array_x.npy"), "--top", "100"});
  for (const Json& image : list["images"]) {
    ASSERT_THAT(image["top"], SizeIs(10));
    double sum = 0, last = 1;
    for (const Json& entry : image["top"]) {
      const double probability = entry["probability"];
      EXPECT_LE(probability, last);
      sum += last = probability;
    }
    EXPECT_NEAR(sum, 1, 1e-5);
  }
}

TEST_F(Predict, GoesOnBehindABadImage) {
  const fs::path folder = workspace->path("mixed");
  fs::create_directories(folder);
  test::write_bytes(folder / "a.png", test::png_of(images_, 0));
  test::write_text(folder / "b.png", "no image");
  test::write_bytes(folder / "c.png", test::png_of(images_, 1));
  const test::ProcessResult result =
      workspace->run(words("run/model.bin", {folder.string(), file("gone.jpg"), "--json"}));
  EXPECT_EQ(result.status, 3);
  EXPECT_THAT(result.err, HasSubstr("karnin-cpu: expected a PNG or a JPEG image"));
  const Json json = Json::parse(result.out);
  ASSERT_THAT(json["images"], SizeIs(2));
  EXPECT_EQ(json["images"][1]["image"], (folder / "c.png").string());
  ASSERT_THAT(json["failed"], SizeIs(2));
  EXPECT_EQ(json["failed"][0]["file"], (folder / "b.png").string());
  EXPECT_EQ(json["failed"][1]["file"], file("gone.jpg"));
}

/// A matrix on each image's two means, with what is asked for at its end.
void write_network(const fs::path& path, const char* end) {
  test::OnnxFile net;
  net.input("x", {-1, 2}).reals("w", {2, 3}, test::integers(6, 1)).node("Gemm", {"x", "w"}, "z");
  if (end != nullptr) net.node(end, {"z"}, "y");
  test::write_bytes(path, net.output(end == nullptr ? "z" : "y").bytes());
}

/// The third image overflows; what was to run with it has its answers all the same.
TEST_F(Predict, GoesOnBehindAnswersThatOverflow) {
  write_network(workspace->path("net.onnx"), nullptr);
  const auto write = [](const char* name, const std::vector<float>& values) {
    const std::string shape = fmt::format("({}, 2)", values.size() / 2);
    test::write_bytes(file(name), test::npy_array<float>("<f4", shape, values));
  };
  constexpr float kLargest = std::numeric_limits<float>::max();
  write("fine.npy", {1, 0, 0.5F, -1});
  write("large.npy", {0, 2, kLargest, -kLargest, 1, 1});
  write("larger.npy", {kLargest, -kLargest});
  write("sound.npy", {1, 0, 0.5F, -1, 0, 2, 1, 1});
  const test::ProcessResult result = workspace->run(
      words("net.onnx", {file("fine.npy"), file("large.npy"), file("larger.npy"), "--json"}));
  EXPECT_EQ(result.status, 3) << result.err;
  const Json json = Json::parse(result.out), sound = predict({file("sound.npy")}, "net.onnx");
  ASSERT_THAT(json["images"], SizeIs(4));
  for (std::size_t i = 0; i < 4; ++i)
    EXPECT_EQ(json["images"][i]["top"], sound["images"][i]["top"]) << i;
  EXPECT_EQ(json["images"][3]["image"], file("large.npy[2]"));
  ASSERT_THAT(json["failed"], SizeIs(2));
  EXPECT_EQ(json["failed"][0]["file"], file("large.npy[1]"));
  EXPECT_EQ(json["failed"][1]["file"], file("larger.npy[0]"));
  EXPECT_THAT(result.err, HasSubstr("large.npy[1]: network"));
  EXPECT_THAT(result.err, HasSubstr("infinity or NaN in the output"));
}

TEST_F(Predict, RawIsWhatTheFileHas) {
  const Json raw = predict({file("array_x.npy"), "--raw"})["images"];
  const Json written = predict({file("array_x.npy"), "--out", file("outputs.npy")});
  EXPECT_EQ(written["file"], file("outputs.npy"));
  const ImageSet outputs = read_array_images(file("outputs.npy"), {}).set;
  EXPECT_EQ(outputs.extent, (Extent{10, 1, 1}));
  ASSERT_EQ(outputs.size(), 200);
  for (std::int64_t i = 0; i < 200; ++i)
    EXPECT_EQ(raw[static_cast<std::size_t>(i)]["outputs"].get<std::vector<float>>(),
              std::vector<float>(outputs.floats(i).begin(), outputs.floats(i).end()));
  refuse(2, words("run/model.bin", {file("array_x.npy"), "--out", file("outputs.npy")}),
         {"outputs.npy", "--overwrite"});
  for (const char* input : {"array_x.npy", "run/model.bin"})
    refuse(2, words("run/model.bin", {file("array_x.npy"), "--out", file(input), "--overwrite"}),
           {"is what is being read"});
  const auto before = test::bytes_of(file("outputs.npy"));
  refuse(3, words("run/model.bin", {file("none.png"), "--out", file("outputs.npy"), "--overwrite"}),
         {"none.png"});
  EXPECT_EQ(test::bytes_of(file("outputs.npy")), before);
}

TEST_F(Predict, PicturesAreMadeToFit) {
  const ImageSet wide = test::bright_squares({3, 40, 60}, 10, 1, 1);
  test::write_bytes(file("wide.png"), test::png_of(wide, 0));
  EXPECT_THAT(predict({file("wide.png")})["images"][0]["top"], SizeIs(5));
  refuse(3, words("run/model.bin", {file("wide.png"), "--size", "40x60"}),
         {"expected 3x32x32, which the network takes, got 3x40x60"});
}

TEST_F(Predict, RefusesOptionsThatCannotMatter) {
  const std::string image = file("pictures/class 3/0003.png");
  refuse(2, words("run/model.bin", {image, "--raw", "--top", "2"}), {"--top"});
  refuse(2, words("run/model.bin", {image, "--overwrite"}), {"--overwrite"});
  refuse(2, words("run/model.bin", {}), {"inputs"});
}

TEST_F(Predict, ASoftmaxAtTheEndIsNotTakenTwice) {
  test::write_bytes(file("v.npy"), test::npy_array<float>("<f4", "(3, 2)", {1, 0, 0.5F, -1, 0, 2}));
  write_network(workspace->path("logits.onnx"), nullptr);
  write_network(workspace->path("soft.onnx"), "Softmax");
  write_network(workspace->path("log.onnx"), "LogSoftmax");
  const Json expected = predict({file("v.npy")}, "logits.onnx")["images"];
  const Json soft_raw = predict({file("v.npy"), "--raw"}, "soft.onnx")["images"];
  const Json log_raw = predict({file("v.npy"), "--raw"}, "log.onnx")["images"];
  for (const char* model : {"soft.onnx", "log.onnx"}) {
    const Json got = predict({file("v.npy")}, model)["images"];
    for (std::size_t i = 0; i < 3; ++i)
      for (std::size_t rank = 0; rank < 3; ++rank) {
        const Json &entry = got[i]["top"][rank], &other = expected[i]["top"][rank];
        EXPECT_EQ(entry["class"], other["class"]);
        const double probability = other["probability"];
        EXPECT_NEAR(entry["probability"], probability, 1e-6);
        const auto label = entry["class"].get<std::size_t>();
        EXPECT_NEAR(soft_raw[i]["outputs"][label], probability, 1e-6);
        EXPECT_NEAR(log_raw[i]["outputs"][label], std::log(probability), 1e-4);
      }
  }
}

TEST_F(Predict, NetworksWithoutClassesGiveTheirOutputs) {
  test::OnnxFile net;
  net.input("x", {-1, 3, 32, 32}).reals("k", {2, 3, 3, 3}, test::integers(54, 1));
  test::write_bytes(file("planes.onnx"), net.node("Conv", {"x", "k"}, "y").output("y").bytes());
  refuse(2, words("planes.onnx", {file("array_x.npy")}),
         {"gives 2x30x30 values, which are no classes: expected --raw or --out FILE.npy"});
  predict({file("array_x.npy"), "--out", file("planes.npy")}, "planes.onnx");
  const ImageSet planes = read_array_images(file("planes.npy"), {}).set;
  EXPECT_EQ(planes.extent, (Extent{2, 30, 30}));
  EXPECT_EQ(planes.size(), 200);
}

/// Neither of them is taken for the answer, whatever its form, and that is said before the work.
TEST_F(Predict, SeveralOutputsAreRefused) {
  test::OnnxFile net;
  net.input("x", {-1, 3, 32, 32}).reals("k", {2, 3, 3, 3}, test::integers(54, 1));
  net.node("Conv", {"x", "k"}, "y").node("Relu", {"y"}, "z").output("y").output("z");
  test::write_bytes(file("two.onnx"), net.bytes());
  for (const Words& more : {Words{}, Words{"--raw"}, Words{"--out", file("two.npy")}}) {
    Words all = words("two.onnx", {file("gone.png")});
    all.insert(all.end(), more.begin(), more.end());
    refuse(3, all, {"expected one output, got 2, 'y' (2x30x30), 'z' (2x30x30)"});
  }
  EXPECT_FALSE(fs::exists(file("two.npy")));
}

/// Each of them is a probability by itself.
TEST_F(Predict, SigmoidsAreTakenAsTheyAre) {
  test::write_bytes(file("s.npy"), test::npy_array<float>("<f4", "(1, 2)", {1, -1}));
  write_network(workspace->path("sigmoid.onnx"), "Sigmoid");
  const Json outputs = predict({file("s.npy"), "--raw"}, "sigmoid.onnx")["images"][0]["outputs"];
  const Json top = predict({file("s.npy")}, "sigmoid.onnx")["images"][0]["top"];
  for (const Json& entry : top)
    EXPECT_EQ(entry["probability"], outputs[entry["class"].get<std::size_t>()]);
}

/// What lies together in a vector is what the network was made with.
TEST_F(Predict, TheLayoutOfVectorsIsKept) {
  test::OnnxFile net;
  std::vector<float> first(12, 0);
  first[1] = 1;  // the second value of the vector
  net.input("x", {-1, 12}).reals("w", {12, 1}, first).node("Gemm", {"x", "w"}, "y").output("y");
  test::write_bytes(file("second.onnx"), net.bytes());
  const ImageSet image{{3, 2, 2}, {1, 2, 3, 4, 11, 12, 13, 14, 21, 22, 23, 24}, {0}};
  test::write_bytes(file("four.png"), test::png_of(image, 0));
  for (const auto& [layout, value] : {std::pair{"nchw", 2.0F}, {"nhwc", 11.0F}}) {
    const std::string model = std::string(layout) + ".bin";
    workspace->run_json(
        {"import", "--model", file("second.onnx"), "--layout", layout, "--out", file(model)});
    const Json json = predict({file("four.png"), "--raw"}, model);
    EXPECT_NEAR(json["images"][0]["outputs"][0], value, 1e-4) << layout;
  }
}

}  // namespace
}  // namespace karnin
