// Own data for a network that learnt from files with another order of classes or axes.
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

/// A network that knows the four classes of "folders", in "run".
class FittedData : public test::WorkspaceTest {
 protected:
  static void SetUpTestSuite() {
    WorkspaceTest::SetUpTestSuite();
    for (const auto& [part, count] : {std::pair{"train", 400}, {"test", 80}})
      test::write_pictures(workspace->path("folders") / part,
                           test::bright_squares({3, 16, 16}, 4, count, 1));
    train_on("folders", "run");
  }

  static void train_on(const std::string& data, const std::string& out, const Words& more = {}) {
    Words words{"train", "--data", file(data), "--epochs", "3",      "--batch", "8",
                "--lr",  "0.02",   "--out",    file(out),  "--seed", "1"};
    words.insert(words.end(), more.begin(), more.end());
    workspace->run_json(words);
  }

  /// Expects this status, and one line on stderr that has all of `parts`.
  static void refuse(int status, const Words& words, const Words& parts) {
    const test::ProcessResult result = workspace->run(words);
    EXPECT_EQ(result.status, status) << result.err;
    EXPECT_EQ(std::ranges::count(result.err, '\n'), 1) << result.err;
    for (const std::string& part : parts) EXPECT_THAT(result.err, HasSubstr(part));
  }
};

/// The classes of a folder are what their names say, in whatever order they come.
TEST_F(FittedData, ClassesAreKnownByTheirNames) {
  const std::string model = file("run/model.bin"), data = file("turned");
  fs::copy(file("folders"), data, fs::copy_options::recursive);
  test::write_text(data + "/classes.txt", "class 2\nclass 3\nclass 1\nclass 0\n");
  const auto eval = [&](const std::string& from) {
    return workspace->run_json({"eval", "--model", model, "--data", from});
  };
  const auto expected = eval(file("folders"));
  for (const char* key : {"accuracy", "per_class", "confusion"})
    EXPECT_EQ(eval(data)[key], expected[key]) << key;
  const auto prune = [&](const std::string& from) {
    return workspace->run_json({"prune", "--model", model, "--data", from, "--method", "taylor",
                                "--sparsity", "0.5", "--out", file("turned.bin"), "--overwrite"});
  };
  EXPECT_EQ(prune(data)["accuracy"], prune(file("folders"))["accuracy"]);
  for (const char* part : {"train", "test"})
    for (const char* name : {"class 0", "class 2"}) fs::remove_all(fs::path(data) / part / name);
  fs::remove(data + "/classes.txt");
  const auto some = eval(data);
  EXPECT_EQ(some["images"], 40);
  EXPECT_EQ(some["per_class"][3], expected["per_class"][3]);
  EXPECT_TRUE(some["per_class"][2]["accuracy"].is_null());
}

TEST_F(FittedData, ClassesThatTheNetworkLacksAreRefused) {
  const std::string model = file("run/model.bin"), data = file("strange");
  fs::copy(file("folders"), data, fs::copy_options::recursive);
  for (const char* part : {"/train", "/test"})
    fs::rename(data + part + "/class 1", data + part + "/aardvark");
  for (const Words& verb : {Words{"eval"}, Words{"prune", "--out", file("none")},
                            Words{"sweep", "--out", file("none")}}) {
    Words words = verb;
    words.insert(words.end(), {"--model", model, "--data", data});
    refuse(2, words, {"'strange'", "as 'class 1', got 'aardvark'"});
  }
  Model other = read_model(model);
  std::swap(other.classes[1], other.classes[2]);
  write_model(file("other.bin"), other);
  refuse(2,
         {"sweep", "--model", model, file("other.bin"), "--data", file("folders"), "--out",
          file("none")},
         {"'class 2'", "'class 1'"});
}

/// Bytes of this shape, for training and test.
void write_odd(const std::string& directory, const std::string& shape) {
  const ImageSet odd = test::bright_squares({5, 16, 3}, 1, 8, 1);
  for (const char* part : {"/train", "/test"}) {
    test::write_bytes(directory + part + "_x.npy", test::npy_array("|u1", shape, odd.pixels));
    test::write_bytes(directory + part + "_y.npy", test::npy_array("|u1", "(8,)", odd.labels));
  }
}

/// Whatever the guess is, and whichever order the network learnt from.
TEST_F(FittedData, AnArrayThatFitsInOneOrderHasThatOrder) {
  write_odd(file("odd-nchw"), "(8, 5, 16, 3)");
  write_odd(file("odd-nhwc"), "(8, 16, 3, 5)");
  write_odd(file("odd"), "(8, 3, 16, 5)");
  test::write_text(file("odd.json"), R"({"name": "odd", "input": [5, 16, 3], "layers": [)"
                                     R"({"name": "fc1", "type": "fully_connected", "oc": 4}]})");
  for (const char* data : {"odd-nchw", "odd-nhwc"}) {
    const std::string out = std::string(data) + "-run", model = file(out + "/model.bin");
    train_on(data, out, {"--arch", file("odd.json")});
    for (const char* other : {"odd-nchw", "odd-nhwc"})
      workspace->run_json({"eval", "--model", model, "--data", file(other)});
    refuse(2, {"eval", "--model", model, "--data", file("odd")},
           {"takes 5x16x3 images", ": say --layout nchw|nhwc, or choose another with --data\n"});
    refuse(3, {"predict", "--model", model, file("odd/test_x.npy")},
           {"expected 5x16x3, which the network takes", ": say --layout nchw|nhwc"});
  }
}

}  // namespace
}  // namespace karnin
