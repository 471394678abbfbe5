// Pruning by what the layers read of images that nobody has labelled.
#include <gmock/gmock.h>

#include "formats/model/model_file.h"
#include "tests/cli/workspace.h"
#include "tests/support/bright_squares.h"
#include "tests/support/pictures.h"

namespace karnin {
namespace {

namespace fs = std::filesystem;

using testing::HasSubstr;
using Words = std::vector<std::string>;

class Calibrate : public test::TrainedTest {
 protected:
  static Words prune(const std::string& out, const Words& more) {
    Words words{"prune", "--model", file("run/model.bin"), "--out", file(out), "--overwrite"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }

  static nlohmann::json pruned(const std::string& out, const Words& more) {
    return workspace->run_json(prune(out, more));
  }

  static void refuse(int status, const Words& more, const std::string& part) {
    const test::ProcessResult result = workspace->run(prune("none.bin", more));
    EXPECT_EQ(result.status, status) << result.err;
    EXPECT_THAT(result.err, HasSubstr(part));
    EXPECT_FALSE(fs::exists(file("none.bin")));
  }
};

TEST_F(Calibrate, TheSurgeonKeepsMoreThanMagnitudeDoes) {
  const Words what{"--data", workspace->data(), "--sparsity", "0.98", "--images", "200"};
  Words obs = what, magnitude{"--data", workspace->data(), "--sparsity", "0.98"};
  obs.insert(obs.end(), {"--method", "obs", "--scope", "global"});
  magnitude.insert(magnitude.end(), {"--method", "magnitude"});
  const nlohmann::json by_obs = pruned("obs.bin", obs), plain = pruned("plain.bin", magnitude);
  EXPECT_GT(by_obs["accuracy"], plain["accuracy"]);
  EXPECT_EQ(by_obs["calibration_images"], 200);
  EXPECT_EQ(plain["calibration_images"], 0);
  EXPECT_EQ(by_obs["layers"][0]["pruned"].get<int>() + by_obs["layers"][1]["pruned"].get<int>(),
            56918);
  EXPECT_THAT(read_model(file("obs.bin")).provenance, HasSubstr(R"("verb":"calibrate")"));
}

TEST_F(Calibrate, ThreadsChangeNoByte) {
  for (const char* method : {"obs", "obd"}) {
    const Words what{"--method", method, "--data", workspace->data(), "--layers", "conv2,fc1"};
    for (const char* threads : {"1", "3"}) {
      Words words = what;
      words.insert(words.end(), {"--threads", threads, "--sparsity", "0.6", "--images", "100"});
      pruned(std::string(threads) + ".bin", words);
    }
    EXPECT_EQ(test::bytes_of(file("1.bin")), test::bytes_of(file("3.bin"))) << method;
  }
}

/// Whatever chose them: the masks are those of the method alone.
TEST_F(Calibrate, AnyMethodsWeightsAreFitted) {
  const fs::path pictures = file("pictures");
  test::write_pictures(pictures, test::bright_squares({3, 32, 32}, 10, 60, 5));
  const Words magnitude{"--method", "magnitude", "--sparsity", "0.9"};
  Words fitted = magnitude;
  fitted.insert(fitted.end(), {"--calibrate", pictures.string(), "--images", "50"});
  pruned("plain.bin", magnitude);
  EXPECT_EQ(pruned("fitted.bin", fitted)["calibration_images"], 50);
  EXPECT_THAT(workspace->run(prune("fitted.bin", fitted)).out, HasSubstr("by 50 images\n"));
  const Model plain = read_model(file("plain.bin")), other = read_model(file("fitted.bin"));
  for (std::size_t p = 0; p < plain.parameters.size(); ++p) {
    EXPECT_EQ(plain.parameters[p].mask, other.parameters[p].mask) << p;
    const bool in_front = plain.parameters[p].name.starts_with("conv");
    EXPECT_EQ(plain.parameters[p].value == other.parameters[p].value, in_front) << p;
  }
}

TEST_F(Calibrate, TheAccuracyDecidesHowManyWeightsGo) {
  const Words what{
      "--method", "obs", "--data", workspace->data(), "--images", "200", "--max-accuracy-drop",
      "5"};
  const nlohmann::json found = pruned("found.bin", what), search = found["search"];
  EXPECT_GT(search["sparsity"], 0.5);
  EXPECT_EQ(search["held_back_images"], 60);
  EXPECT_GE(search["held_back_accuracy"], search["held_back_accuracy_before"].get<double>() - 0.05);
  const nlohmann::json& values = found["values"];
  EXPECT_GE(values["held_back_accuracy"], search["held_back_accuracy_before"].get<double>() - 0.05)
      << "both together";
  const auto gone =
      found["layers"][0]["pruned"].get<double>() + found["layers"][1]["pruned"].get<double>();
  EXPECT_NEAR(gone / 58080, search["sparsity"].get<double>(), 1e-4);
  Words told = what;
  told.insert(told.end(), {"--sparsity", "0.3"});
  EXPECT_TRUE(pruned("told.bin", told)["search"].is_null());
}

/// However the data set is named.
TEST_F(Calibrate, ThoseThatJudgeAreNeverFittedTo) {
  const std::string other = (fs::path(workspace->data()) / ".." / "squares").string();
  for (const std::string& data : {workspace->data(), other})
    for (const Words& more :
         {Words{"--max-accuracy-drop", "5"}, {"--max-accuracy-drop", "5", "--sparsity", "0.3"}}) {
      Words words{"--data", workspace->data(), "--calibrate", data, "--images", "9999"};
      words.insert(words.end(), more.begin(), more.end());
      EXPECT_EQ(pruned("judged.bin", words)["calibration_images"], 540) << data;
    }
}

/// What counts is what the network answered before.
TEST_F(Calibrate, WithoutLabelsTheNetworkIsItsOwnJudge) {
  test::write_pictures(file("unknown"), test::bright_squares({3, 32, 32}, 10, 150, 5));
  const nlohmann::json found =
      pruned("agreeing.bin",
             {"--method", "obs", "--calibrate", file("unknown"), "--max-accuracy-drop", "10"});
  EXPECT_EQ(found["search"]["held_back_accuracy_before"], 1);
  EXPECT_GE(found["search"]["held_back_accuracy"], 0.9);
  EXPECT_EQ(found["search"]["held_back_images"], 15);
  EXPECT_EQ(found["calibration_images"], 135);
  EXPECT_TRUE(found["accuracy"].is_null());
}

TEST_F(Calibrate, RefusesWhatItCannotLearnFrom) {
  test::write_text(file("broken/one.png"), "no picture");
  fs::create_directories(file("empty"));
  refuse(3, {"--calibrate", file("broken")}, "one.png");
  refuse(3, {"--calibrate", file("empty")}, "expected PNG or JPEG images in it, got none");
  refuse(3, {"--calibrate", file("nowhere")}, file("nowhere"));
  fs::copy(workspace->data(), file("tests-alone"));
  for (const fs::path& entry : fs::directory_iterator(file("tests-alone")))
    if (entry.filename().string().starts_with("data_batch")) fs::remove(entry);
  refuse(3, {"--calibrate", file("tests-alone")}, "expected at least one file of training images");
  refuse(2, {"--images", "10"}, "--calibrate or method obs or obd");
  refuse(2, {"--method", "obs", "--data", workspace->data(), "--images", "0"}, "--images");
  EXPECT_EQ(workspace
                ->run({"sweep", "--model", file("run/model.bin"), "--data", workspace->data(),
                       "--methods", "obs", "--out", file("sweep")})
                .status,
            2);
}

}  // namespace
}  // namespace karnin
