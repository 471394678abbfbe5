// A model whose weights are finite and whose answers are not: nothing that looks at it may take an
// infinity for the first class.
#include <gmock/gmock.h>

#include <limits>

#include "formats/model/model_file.h"
#include "tests/cli/workspace.h"

namespace karnin {
namespace {

using test::kInput;
using testing::HasSubstr;
using Words = std::vector<std::string>;

class NonFinite : public test::TrainedTest {
 protected:
  /// The trained model with one parameter full of a value.
  static std::string overflowing(const std::string& parameter, float value) {
    Model model = read_model(file("run/model.bin"));
    for (Parameter& p : model.parameters)
      if (p.name == parameter) std::ranges::fill(p.value.span(), value);
    write_model(file("overflowing.bin"), model);
    return file("overflowing.bin");
  }

  static void refuses(Words words, int status, const std::string& layer) {
    words.insert(words.end(), {"--data", workspace->data()});
    const test::ProcessResult result = workspace->run(words);
    EXPECT_EQ(result.status, status) << words[0] << ": " << result.err;
    EXPECT_EQ(result.out, "") << words[0];
    EXPECT_THAT(result.err, HasSubstr("infinity or NaN in the output of " + layer)) << words[0];
  }
};

constexpr float kMax = std::numeric_limits<float>::max();

TEST_F(NonFinite, EvalNamesTheLayer) {
  for (const std::string layer : {"conv2", "fc1", "fc2", "fc3"})
    for (const Words& more :
         {Words{}, Words{"--mirror"}, Words{"--split", "train"}, Words{"--json"}}) {
      Words words{"eval", "--model", overflowing(layer + ".weight", kMax)};
      words.insert(words.end(), more.begin(), more.end());
      refuses(words, kInput, layer);
    }
}

TEST_F(NonFinite, SweepAndPruneNameIt) {
  const std::string model = overflowing("fc2.weight", kMax), out = file("out");
  refuses({"sweep", "--model", model, "--methods", "random", "--sparsities", "0.1", "--layers",
           "fc1", "--out", out},
          kInput, "fc2");
  refuses({"sweep", "--model", model, "--methods", "taylor", "--sparsities", "0.1", "--out", out},
          kInput, "fc2");
  refuses({"prune", "--model", model, "--layers", "fc1", "--out", out + ".bin", "--overwrite"},
          kInput, "fc2");
  refuses({"prune", "--model", model, "--method", "fisher", "--out", out + ".bin", "--overwrite"},
          kInput, "fc2");
  refuses({"prune", "--model", model, "--layers", "fc1", "--max-accuracy-drop", "1", "--out",
           out + ".bin", "--overwrite"},
          kInput, "fc2");
}

/// A front that pruning leaves alone runs apart.
TEST_F(NonFinite, SweepNamesALayerBeforeThePrunedOnes) {
  refuses({"sweep", "--model", overflowing("conv2.weight", kMax), "--methods", "random",
           "--sparsities", "0.1", "--out", file("out")},
          kInput, "conv2");
}

/// To train on may diverge, which is another matter.
TEST_F(NonFinite, TrainingNamesItTheTeacherToo) {
  refuses({"train", "--model", overflowing("fc2.weight", kMax), "--out", file("out")}, 1, "fc2");
  refuses({"train", "--teacher", overflowing("fc2.weight", kMax), "--out", file("out")}, 1,
          "the teacher");
}

/// One step, whose loss is that of the first weights. Which layer overflows depends on the last
/// bits.
TEST_F(NonFinite, TrainingThatShowsOnlyInTheTestHasDiverged) {
  const std::string out = file("diverged");
  refuses({"train", "--epochs", "1", "--batch", "600", "--lr", "1e20", "--out", out}, 1, "");
  const test::ProcessResult result =
      workspace->run({"train", "--data", workspace->data(), "--epochs", "1", "--batch", "600",
                      "--lr", "1e20", "--out", out, "--overwrite"});
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.err, HasSubstr("use a lower learning rate than 1e+20"));
  EXPECT_FALSE(std::filesystem::exists(out + "/model.bin"));
}

TEST_F(NonFinite, TwoLargeLogitsOfAnImageAndItsMirrorAreNoInfinity) {
  Model model = read_model(file("run/model.bin"));
  for (Parameter& p : model.parameters)
    if (p.name == "fc3.bias") p.value.data()[3] = 0.9F * kMax;
  write_model(file("large.bin"), model);
  const auto report = workspace->run_json(
      {"eval", "--mirror", "--model", file("large.bin"), "--data", workspace->data()});
  EXPECT_EQ(report["per_class"][3]["accuracy"], 1.0);
}

}  // namespace
}  // namespace karnin
