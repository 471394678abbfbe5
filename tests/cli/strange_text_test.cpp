// Text that comes out of files and names must not steer the terminal that shows it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "formats/data/cifar10.h"
#include "formats/io/printable.h"
#include "formats/model/model_file.h"
#include "tests/cli/workspace.h"
#include "tests/support/npy_file.h"
#include "tests/support/temporary_directory.h"

namespace karnin {
namespace {

namespace fs = std::filesystem;

using testing::HasSubstr;
using Words = std::vector<std::string>;

/// ESC in three forms, a direction and a byte that is no UTF-8; what of it a model's names may
/// have.
const std::string kStrange = "\x1B[31m\xC2\x9B[2J\xE2\x80\xAE\x7F\x9B\r";
const std::string kStrangeName = "\xC2\x9B[2J\xE2\x80\xAE";

class StrangeText : public test::TrainedTest {
 protected:
  /// Nothing but line feeds and tabs below a blank, no C1, no change of direction.
  static void expect_harmless(const std::string& text) {
    EXPECT_TRUE(std::ranges::none_of(text, [](unsigned char c) {
      return (c < 0x20 && c != '\n' && c != '\t') || c == 0x7F;
    })) << text;
    for (const char* bad : {"\xC2\x9B", "\xE2\x80\xAE"})
      EXPECT_EQ(text.find(bad), std::string::npos) << text;
    EXPECT_TRUE(is_printable(text)) << "UTF-8 too: " << text;
  }
  static test::ProcessResult run(const Words& words, const test::ProcessOptions& options) {
    const test::ProcessResult result = test::Process(workspace->command(words), options).wait();
    expect_harmless(result.out);
    if (!options.terminal) expect_harmless(result.err);
    return result;
  }
  static test::ProcessResult run(const Words& words) { return run(words, workspace->options()); }
};

TEST_F(StrangeText, OfAModelIsEscapedWhereverItIsShown) {
  Model model = read_model(file("run/model.bin"));
  model.graph.name += kStrangeName;
  for (std::size_t i = 1; i < model.graph.nodes.size(); ++i)
    model.graph.nodes[i].name += kStrangeName;
  const std::vector<ParameterSpec> specs = parameter_specs(model.graph);
  for (std::size_t i = 0; i < specs.size(); ++i) model.parameters[i].name = specs[i].name;
  for (std::string& name : model.classes) name += kStrangeName;
  model.provenance =
      R"({"history":[{"verb":"train","data":"\u001b[31m)" + kStrangeName + "\x7F\"}]}";
  write_model(file("strange.bin"), model);
  const ImageSet images = read_cifar10(workspace->data()).test;
  test::write_bytes(file("arrays/test_x.npy"),
                    test::npy_array("|u1", "(200, 3, 32, 32)", images.pixels));
  test::write_bytes(file("arrays/test_y.npy"), test::npy_array("|u1", "(200,)", images.labels));
  for (const bool json : {false, true}) {
    for (Words words :
         {Words{"inspect", "--model", file("strange.bin")},
          Words{"eval", "--model", file("strange.bin"), "--data", file("arrays")},
          Words{"prune", "--model", file("strange.bin"), "--out", file("x.bin"), "--overwrite"},
          Words{"verify", file("strange.bin")}}) {
      if (json) words.emplace_back("--json");
      const test::ProcessResult result = run(words);
      EXPECT_EQ(result.status, 0) << words[0] << result.err;
      if (words[0] != "inspect") continue;
      EXPECT_THAT(result.out, HasSubstr("\\u009b[2J\\u202e"));
      if (!json) continue;
      EXPECT_EQ(nlohmann::json::parse(result.out)["classes"][0], model.classes[0]);
    }
  }
  EXPECT_EQ(run({"eval", "--model", file("strange.bin")}).status, 2)
      << "the directory in its history";
  EXPECT_EQ(run({"eval", "--model", file("strange.bin"), "--data", workspace->data()}).status, 2)
      << "classes of other names";
  EXPECT_EQ(run({"prune", "--model", file("strange.bin"), "--layers", kStrange}).status, 2);
}

TEST_F(StrangeText, OfFileNamesIsEscapedOnOneLine) {
  const std::string name = file("a\nb" + kStrange);
  for (const Words& words : {Words{"eval", "--model", name}, Words{"verify", name}, Words{name},
                             Words{"train", "--data", name}, Words{"train", name},
                             Words{"train", "--arch", name, "--data", workspace->data()},
                             Words{"eval", "--split", name}, Words{"bench", "--fc", name}}) {
    const test::ProcessResult result = run(words);
    EXPECT_GT(result.status, 1);
    EXPECT_EQ(std::ranges::count(result.err, '\n'), 1) << result.err;
    EXPECT_THAT(result.err, HasSubstr("\\u001b[31m"));
  }
  fs::copy(workspace->data(), name);
  const test::ProcessResult result =
      run({"train", "--data", name, "--epochs", "1", "--out", file("out" + kStrange)});
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("on a\\u000ab\\u001b[31m"));
  EXPECT_THAT(result.out, HasSubstr("a\\u000ab\\u001b[31m"));
}

TEST_F(StrangeText, OurOwnSequencesStillDrawTheBar) {
  test::ProcessOptions options = workspace->options();
  options.terminal = true;
  const test::ProcessResult result =
      run({"train", "--data", workspace->data(), "--epochs", "2", "--out", file("bar")}, options);
  EXPECT_THAT(result.err, HasSubstr("\r\x1B[K["));
  EXPECT_THAT(result.err, testing::Not(HasSubstr("\\u001b")));
}

}  // namespace
}  // namespace karnin
