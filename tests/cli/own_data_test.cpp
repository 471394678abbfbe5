// Data of one's own, as pictures and as arrays, under every verb that takes --data.
#include <gmock/gmock.h>

#include <algorithm>

#include "formats/model/model_file.h"
#include "tests/cli/workspace.h"
#include "tests/support/bright_squares.h"
#include "tests/support/pictures.h"

namespace karnin {
namespace {

namespace fs = std::filesystem;

using testing::HasSubstr;
using Words = std::vector<std::string>;

constexpr Extent kPicture{3, 16, 16};

/// In the order in which a folder is read: class after class.
ImageSet sorted_squares(std::int64_t count, std::uint64_t seed) {
  const ImageSet mixed = test::bright_squares(kPicture, 4, count, seed);
  ImageSet sorted{kPicture, {}, {}};
  for (std::uint8_t label = 0; label < 4; ++label)
    for (std::int64_t i = 0; i < count; ++i)
      if (mixed.labels[static_cast<std::size_t>(i)] == label) {
        sorted.pixels.insert(sorted.pixels.end(), mixed.image(i).begin(), mixed.image(i).end());
        sorted.labels.push_back(label);
      }
  return sorted;
}

/// The same images in folders and in arrays of both orders.
class OwnData : public test::WorkspaceTest {
 protected:
  static void SetUpTestSuite() {
    WorkspaceTest::SetUpTestSuite();
    const ImageSet train = sorted_squares(400, 1), test = sorted_squares(80, 2);
    for (const auto& [part, set] : {std::pair{"train", &train}, {"test", &test}}) {
      test::write_pictures(workspace->path("folders") / part, *set);
      test::write_arrays(file("nchw/") + part, *set, false);
      test::write_arrays(file("nhwc/") + part, *set, true);
    }
    train_on("folders", "run");
  }

  static nlohmann::json train_on(const std::string& data, const std::string& out,
                                 const Words& more = {}) {
    Words words{"train", "--data", file(data), "--epochs", "3",      "--batch", "8",
                "--lr",  "0.02",   "--out",    file(out),  "--seed", "1"};
    words.insert(words.end(), more.begin(), more.end());
    return workspace->run_json(words);
  }

  /// Expects this status, and one line on stderr that has all of `parts`.
  static void refuse(int status, const Words& words, const Words& parts) {
    const test::ProcessResult result = workspace->run(words);
    EXPECT_EQ(result.status, status) << result.err;
    EXPECT_EQ(std::ranges::count(result.err, '\n'), 1) << result.err;
    for (const std::string& part : parts) EXPECT_THAT(result.err, HasSubstr(part));
  }
  static void refuse_data(int status, const std::string& data, const Words& parts) {
    refuse(status, {"train", "--data", file(data), "--out", file("none")}, parts);
    EXPECT_FALSE(fs::exists(file("none")));
  }
};

TEST_F(OwnData, FoldersGoThroughAllVerbs) {
  const std::string model = file("run/model.bin"), data = file("folders");
  EXPECT_THAT(read_model(model).classes,
              testing::ElementsAre("class 0", "class 1", "class 2", "class 3"));
  const auto report = workspace->run_json({"eval", "--model", model, "--data", data});
  EXPECT_EQ(report["images"], 80);
  EXPECT_GT(report["accuracy"], 0.9);
  const auto pruned =
      workspace->run_json({"prune", "--model", model, "--data", data, "--method", "magnitude",
                           "--sparsity", "0.5", "--fine-tune", "1", "--out", file("p.bin")});
  EXPECT_GT(pruned["accuracy"], 0.9);
  const auto sweep =
      workspace->run_json({"sweep", "--model", model, "--data", data, "--methods", "magnitude",
                           "--sparsities", "0,0.5", "--out", file("sweep")});
  EXPECT_EQ(sweep["rows"].size(), 2U);
  EXPECT_NEAR(sweep["rows"][0]["accuracy"], report["accuracy"], 1e-6);
}

TEST_F(OwnData, ArraysTrainTheSameNetworkAsPictures) {
  const Model expected = read_model(file("run/model.bin"));
  for (const char* data : {"nchw", "nhwc"}) {
    train_on(data, std::string(data) + "-run");
    const Model model = read_model(file(std::string(data) + "-run/model.bin"));
    EXPECT_EQ(model.parameters, expected.parameters) << data;
    const auto order = std::get<Input>(model.graph.nodes.front().op).order;
    EXPECT_EQ(order == PixelOrder::hwc, data == std::string("nhwc")) << "the model remembers";
    for (const char* other : {"nchw", "nhwc"})
      EXPECT_EQ(workspace
                    ->run({"eval", "--model", file(std::string(data) + "-run/model.bin"), "--data",
                           file(other), "--layout", other})
                    .status,
                0);
  }
}

TEST_F(OwnData, VectorsAreMadeOfImages) {
  test::write_text(file("flat.json"), R"({"name": "flat", "input": [768, 1, 1], "layers": [)"
                                      R"({"name": "fc1", "type": "fully_connected", "oc": 4}]})");
  for (const char* data : {"folders", "nchw"}) {
    const std::string out = std::string(data) + "-flat";
    const auto run = train_on(data, out, {"--arch", file("flat.json")});
    EXPECT_GT(run["model"]["accuracy"], 0.9);
    EXPECT_EQ(workspace->run_json({"eval", "--model", file(out + "/model.bin"), "--data",
                                   file("folders")})["accuracy"],
              run["model"]["accuracy"]);
  }
  test::write_text(file("small.json"), R"({"name": "small", "input": [767, 1, 1], "layers": [)"
                                       R"({"name": "fc1", "type": "fully_connected", "oc": 4}]})");
  refuse(3, {"train", "--data", file("nchw"), "--arch", file("small.json"), "--out", file("none")},
         {"expected 3x16x16 images in 4 classes", "got 767x1x1"});
}

TEST_F(OwnData, OnePartIsEnoughForWhoNeedsNoOther) {
  fs::copy(file("folders"), file("half"), fs::copy_options::recursive);
  fs::remove_all(file("half/test"));
  const auto run = train_on("half", "half-run");
  EXPECT_TRUE(run["model"]["accuracy"].is_null());
  EXPECT_EQ(run["test_images"], 0);
  const std::string model = file("run/model.bin");
  EXPECT_GT(workspace->run_json(
                {"eval", "--model", model, "--data", file("half"), "--split", "train"})["accuracy"],
            0.9);
  refuse(4, {"eval", "--model", model, "--data", file("half")},
         {"no test images in", "test_x.npy", "test/CLASS/"});
  refuse(4, {"sweep", "--model", model, "--data", file("half"), "--out", file("none")},
         {"no test images in"});
  fs::rename(file("half/train"), file("half/test"));
  refuse_data(4, "half", {"no train images in"});
  EXPECT_EQ(workspace->run({"eval", "--model", model, "--data", file("half")}).status, 0);
}

TEST_F(OwnData, PicturesAreMadeToFit) {
  fs::copy(file("folders"), file("sizes"), fs::copy_options::recursive);
  const ImageSet wide = test::bright_squares({3, 20, 31}, 4, 1, 3);
  test::write_bytes(file("sizes/train/class 0/z.png"), test::png_of(wide, 0));
  refuse_data(3, "sizes", {"expected 16x16 pixels", "got 20x31", "--size HxW", "class 0/z.png"});
  train_on("sizes", "sized-run", {"--size", "20x18"});
  EXPECT_EQ(input_extent(read_model(file("sized-run/model.bin")).graph), (Extent{3, 20, 18}));
  EXPECT_EQ(
      workspace->run({"eval", "--model", file("sized-run/model.bin"), "--data", file("folders")})
          .status,
      0)
      << "a model knows its size";
  for (const char* size : {"16", "0x16", "16x", "x16", "16x9000", "16x16x3"})
    refuse(2, {"train", "--data", file("sizes"), "--size", size, "--out", file("none")},
           {"--size"});
}

TEST_F(OwnData, WhatIsWrongWithAFolderIsSaidInOneLine) {
  const auto copy = [](const char* name) {
    fs::copy(file("folders"), file(name), fs::copy_options::recursive);
  };
  copy("a");
  fs::create_directory(file("a/train/class 9"));
  refuse_data(3, "a", {"expected PNG or JPEG images in it, got none", "class 9"});
  copy("b");
  fs::rename(file("b/test/class 0"), file("b/test/class 9"));
  refuse_data(3, "b", {"expected a class of classes.txt", "test/class 9"});
  copy("c");
  test::write_text(file("c/train/class 1/broken.jpg"), "\xFF\xD8\xFF\xE0");
  refuse_data(3, "c", {"JPEG: ", "broken.jpg"});
  fs::create_directories(file("d/train"));
  refuse_data(3, "d", {"expected a folder for each class, got none"});
  fs::create_directories(file("e"));
  refuse_data(4, "e", {"no data set in", "train_x.npy or train/CLASS/"});
}

TEST_F(OwnData, WhatIsWrongWithAnArrayIsSaidInOneLine) {
  const auto write_labels = [](std::int64_t count, std::int64_t last) {
    fs::copy(file("nchw"), file("labels"),
             fs::copy_options::recursive | fs::copy_options::overwrite_existing);
    std::vector<std::int64_t> labels(static_cast<std::size_t>(count), 0);
    labels.back() = last;
    test::write_bytes(file("labels/train_y.npy"),
                      test::npy_array("<i8", "(" + std::to_string(count) + ",)", labels));
  };
  write_labels(399, 0);
  refuse_data(3, "labels", {"expected 400 labels, one an image, got shape (399)", "train_y.npy"});
  write_labels(400, -1);
  refuse_data(3, "labels", {"label: expected 0 to 255, got -1"});
  write_labels(400, 4);
  refuse(2, {"eval", "--model", file("run/model.bin"), "--data", file("labels")},
         {"takes 3x16x16 images of 4 classes", "of 5 classes"});
  test::write_bytes(file("labels/train_x.npy"),
                    test::npy_array<float>("<f4", "(2, 3)", {1, 2, 3, 4, 5, 6}));
  refuse_data(3, "labels", {"train_y.npy"});
}

/// Labels up to 2 say little of how many classes there are: a network may know more.
TEST_F(OwnData, FewerLabelsThanOutputsAreFine) {
  ImageSet three = sorted_squares(80, 2);  // 20 of each, the last class last
  three.labels.resize(60);
  three.pixels.resize(static_cast<std::size_t>(60 * kPicture.size()));
  test::write_arrays(file("three/test"), three, false);
  const auto report =
      workspace->run_json({"eval", "--model", file("run/model.bin"), "--data", file("three")});
  EXPECT_EQ(report["per_class"][3]["name"], "class 3");
  EXPECT_TRUE(report["per_class"][3]["accuracy"].is_null());
}

TEST_F(OwnData, TheVariableNamesThemToo) {
  test::ProcessOptions options = workspace->options();
  options.environment["KARNIN_DATA"] = file("folders");
  const Words words{"train", "--epochs", "1", "--out", file("variable-run")};
  const test::ProcessResult trained = test::Process(workspace->command(words), options).wait();
  EXPECT_EQ(trained.status, 0) << trained.err;
  EXPECT_THAT(trained.err, HasSubstr("on folders: 400 images"));
}

TEST_F(OwnData, HowPixelsGoInIsKept) {
  train_on("folders", "normal", {"--mean", "0.4,0.5,0.6", "--std", "0.2"});
  const Preprocess pixels = read_model(file("normal/model.bin")).preprocess;
  EXPECT_THAT(pixels.mean, testing::ElementsAre(0.4F, 0.5F, 0.6F));
  const test::ProcessResult other =
      workspace->run({"train", "--data", file("folders"), "--epochs", "3", "--batch", "8", "--lr",
                      "0.02", "--seed", "1", "--mean", "0.4,0.5,0.6", "--std", "0.3", "--resume",
                      "--out", file("normal")});
  EXPECT_EQ(other.status, 2);
  EXPECT_THAT(other.err, HasSubstr("of another run: pixels was"));
  refuse(2,
         {"train", "--model", file("run/model.bin"), "--data", file("folders"), "--mean", "0.5",
          "--out", file("none")},
         {"--mean: expected no --model with it"});
}

TEST_F(OwnData, AReportShowsPixelsOnly) {
  test::write_bytes(file("floats/train_x.npy"),
                    test::npy_array<float>("<f4", "(2, 1, 32, 32)", std::vector<float>(2048)));
  test::write_bytes(file("floats/train_y.npy"), test::npy_array<int>("<i4", "(2,)", {0, 1}));
  for (const char* array : {"x", "y"})
    fs::copy(file("floats/train_") + array + ".npy", file("floats/test_") + array + ".npy");
  refuse(2, {"reproduce", "--data", file("floats"), "--out", file("none")},
         {"holds floats: expected pixels of images"});
}

}  // namespace
}  // namespace karnin
