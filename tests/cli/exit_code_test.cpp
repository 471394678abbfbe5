// Every way to fail: the documented exit status, one clear line on stderr, nothing on stdout,
// nothing half-written.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "tests/cli/workspace.h"

namespace karnin {
namespace {

using test::kInput;
using test::kNoDataset;
using test::kOutput;
using test::kUsage;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Words = std::vector<std::string>;

class ExitCode : public test::TrainedTest {
 protected:
  static void write(const std::string& name, const std::vector<std::uint8_t>& bytes) {
    std::ofstream(file(name), std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
  }

  static void check(const test::ProcessResult& result, int status, const std::string& text) {
    EXPECT_EQ(result.status, status) << result.err;
    EXPECT_EQ(result.out, "");
    EXPECT_EQ(std::ranges::count(result.err, '\n'), 1) << result.err;
    EXPECT_THAT(result.err, testing::StartsWith("karnin-cpu: "));
    EXPECT_THAT(result.err, HasSubstr(text));
  }
  static void expect(const Words& arguments, int status, const std::string& text) {
    check(workspace->run(arguments), status, text);
  }
};

TEST_F(ExitCode, CommandLine) {
  expect({}, kUsage, "--help");
  expect({"frobnicate"}, kUsage, "frobnicate");
  expect({"train", "--frobnicate"}, kUsage, "--frobnicate");
  expect({"train", "--epochs", "many"}, kUsage, "many");
  expect({"train", "--augment", "blur"}, kUsage, "blur");
  expect({"bench", "--model", ""}, kUsage, "--model: expected a value, got none (word 3");
  expect({"train", "--seed", "-1"}, kUsage, "seed");
  expect({"prune", "--model", file("run/model.bin"), "--seed", "-1"}, kUsage, "seed");
  expect({"bench", "--fc", "1000000x1000000"}, kUsage, "--fc");
  expect({"train", "--schedule", "warp"}, kUsage, "one-cycle");
  expect({"train", "--threads", "-1"}, kUsage, "threads");
  expect({"prune"}, kUsage, "--model");
  expect({"prune", "--model", "x", "--method", "wish"}, kUsage, "magnitude");
  expect({"prune", "--model", "x", "--scope", "wish"}, kUsage, "global");
  expect({"prune", "--model", "x", "--values", "f64"}, kUsage, "codebook");
  expect({"prune", "--model", "x", "--values", "f16", "--max-accuracy-drop", "1"}, kUsage,
         "--max-accuracy-drop");
  expect({"prune", "--model", "x", "--max-accuracy-drop", "-1"}, kUsage, "100");
  expect({"prune", "--model", "x", "--max-accuracy-drop", "nan"}, kUsage, "NaN");
  expect({"prune", "--model", "x", "--entries", "8"}, kUsage, "--values");
  expect({"prune", "--model", "x", "--values", "int8", "--tune-values", "1"}, kUsage, "codebook");
  expect({"prune", "--model", "x", "--threshold", "0.1", "--sparsity", "0.1"}, kUsage, "sparsity");
  expect({"eval", "--model", "x", "--split", "both"}, kUsage, "both");
  expect({"data"}, kUsage, "data --help");
  expect({"data", "fetch", "imagenet"}, kUsage, "imagenet");
}

TEST_F(ExitCode, OptionsOutOfRangeWriteNothing) {
  const std::string out = file("refused");
  for (const Words& option :
       {Words{"--epochs", "0"}, Words{"--batch", "0"}, Words{"--lr", "nan"}, Words{"--lr", "-1"},
        Words{"--momentum", "1.5"}, Words{"--warmup", "7"}}) {
    Words words{"train", "--data", workspace->data(), "--out", out};
    words.insert(words.end(), option.begin(), option.end());
    expect(words, kUsage, "expected");
  }
  expect({"prune", "--model", file("run/model.bin"), "--sparsity", "1.5", "--out", out}, kUsage,
         "1.5");
  expect({"prune", "--model", file("run/model.bin"), "--values", "codebook", "--entries", "257",
          "--out", out},
         kUsage, "256");
  expect({"prune", "--model", file("run/model.bin"), "--layers", "fc9", "--out", out}, kUsage,
         "fc9");
  expect({"prune", "--model", file("run/pruned.bin"), "--method", "karnin", "--out", out}, kUsage,
         "karnin");
  EXPECT_FALSE(std::filesystem::exists(out));
}

TEST_F(ExitCode, EnvironmentVariables) {
  test::ProcessOptions options = workspace->options();
  options.environment["KARNIN_CPU_ISA"] = "mmx";
  check(test::Process(workspace->command({"doctor"}), options).wait(), kUsage, "mmx");
  options = workspace->options();
  options.environment["KARNIN_KERNEL"] = "warp";
  const Words training{"train", "--data", workspace->data(), "--out", file("warped")};
  check(test::Process(workspace->command(training), options).wait(), kUsage, "warp");
  EXPECT_FALSE(std::filesystem::exists(file("warped")));
}

TEST_F(ExitCode, MissingOrUnknownInput) {
  expect({"eval", "--model", file("none.bin")}, kInput, "none.bin");
  expect({"inspect", "--model", workspace->data()}, kInput, workspace->data());
  expect({"verify", file("none.bin")}, kInput, "none.bin");
  const std::string out = file("unknown");
  expect({"train", "--data", workspace->data(), "--arch", "lenet", "--out", out}, kInput,
         "khanal2018");
  EXPECT_FALSE(std::filesystem::exists(out));
}

TEST_F(ExitCode, UnsoundArchitecture) {
  std::ofstream(file("broken.json")) << "{\"name\": ";
  expect({"train", "--data", workspace->data(), "--arch", file("broken.json")}, kInput,
         "broken.json");
}

TEST_F(ExitCode, AnArchitectureThatDoesNotFitNamesItsFile) {
  std::ofstream(file("misfit.json"))
      << R"({"name":"n","input":[3,4,4],"layers":[{"name":"c","type":"conv2d","oc":2,)"
      << R"("kernel":[5,5]},{"name":"f","type":"fully_connected","oc":10}]})";
  expect({"train", "--data", workspace->data(), "--arch", file("misfit.json")}, kInput,
         "misfit.json");
}

TEST_F(ExitCode, AnArchitectureThatCannotBeStoredIsNotTrained) {
  const std::string layer = R"({"type":"fully_connected","oc":10,"name":)";
  std::string long_name(131, 'x');
  long_name.front() = long_name.back() = '"';
  for (const std::string& name : Words{R"("a\nb")", long_name}) {
    std::ofstream(file("odd.json"))
        << R"({"name":"n","input":[3,32,32],"layers":[)" << layer << name << "}]}";
    expect({"train", "--data", workspace->data(), "--arch", file("odd.json"), "--out", file("odd")},
           kInput, "control characters");
  }
  EXPECT_FALSE(std::filesystem::exists(file("odd")));
}

TEST_F(ExitCode, AFileSizeLimitIsAnOutputError) {
  const std::string train = "ulimit -f 8; exec \"$0\" \"$@\"";
  Words command{"/bin/sh", "-c", train};
  const Words training = workspace->command(
      {"prune", "--model", file("run/model.bin"), "--sparsity", "0", "--out", file("limited.bin")});
  command.insert(command.end(), training.begin(), training.end());
  check(test::Process(command, workspace->options()).wait(), kOutput, "limited.bin");
  EXPECT_FALSE(std::filesystem::exists(file("limited.bin")));
}

TEST_F(ExitCode, EveryTruncationAndFlipIsFound) {
  const auto sound = test::bytes_of(file("run/pruned.bin"));
  for (const std::size_t length :
       {std::size_t{0}, std::size_t{7}, sound.size() / 2, sound.size() - 1}) {
    write("cut.bin", {sound.begin(), sound.begin() + static_cast<std::ptrdiff_t>(length)});
    expect({"verify", file("cut.bin")}, kInput, "cut.bin, byte ");
  }
  for (std::size_t i = 0; i < 8; ++i) {
    auto flipped = sound;
    flipped[i * (sound.size() - 1) / 7] ^= 0x10;
    write("flip.bin", flipped);
    expect({"verify", file("flip.bin")}, kInput, "flip.bin, byte ");
  }
  expect({"eval", "--model", file("flip.bin")}, kInput, "flip.bin");
  expect({"prune", "--model", file("flip.bin"), "--out", file("x.bin")}, kInput, "flip.bin");
  EXPECT_FALSE(std::filesystem::exists(file("x.bin")));
}

TEST_F(ExitCode, MissingDataset) {
  expect({"train", "--data", "cifar10", "--out", file("x")}, kNoDataset, "data fetch cifar10");
  expect({"eval", "--model", file("run/model.bin"), "--data", "cifar10"}, kNoDataset,
         "data fetch cifar10");
  expect({"train", "--data", file("nowhere"), "--out", file("x")}, kNoDataset, "nowhere");
  EXPECT_FALSE(std::filesystem::exists(file("x")));
}

TEST_F(ExitCode, UnsoundDataset) {
  std::filesystem::create_directories(file("short"));
  write("short/data_batch_1.bin", std::vector<std::uint8_t>(3073, 0));
  write("short/test_batch.bin", std::vector<std::uint8_t>(3000, 0));
  expect({"train", "--data", file("short"), "--out", file("x")}, kInput, "test_batch.bin");
}

TEST_F(ExitCode, AFetchThatFailsLeavesNothing) {
  test::ProcessOptions options = workspace->options();
  options.environment["KARNIN_CIFAR10_URL"] = "file://" + file("none.tar.gz");
  const auto result =
      test::Process(workspace->command({"data", "fetch", "cifar10"}), options).wait();
  EXPECT_EQ(result.status, kNoDataset);
  EXPECT_EQ(result.out, "");
  EXPECT_THAT(result.err, HasSubstr("none.tar.gz"));
  EXPECT_THAT(test::files_in(file("cache/karnin-cpu")), IsEmpty());
}

TEST_F(ExitCode, UnwritableOutput) {
  std::ofstream(file("regular")) << "here first";
  // Below a regular file nobody can make a directory, root included.
  expect({"train", "--data", workspace->data(), "--out", file("regular/x")}, kOutput, "regular");
  expect({"prune", "--model", file("run/model.bin"), "--out", file("regular/x.bin")}, kOutput,
         "regular");
  expect({"prune", "--model", file("run/model.bin"), "--out", file("run")}, kOutput, "run");
  EXPECT_THAT(test::files_in(file("run")),
              ElementsAre("arguments.json", "model.bin", "pruned.bin", "train.csv"));
}

TEST_F(ExitCode, AnOutputThatIsADirectoryIsFoundBeforeTheWork) {
  std::filesystem::create_directories(file("taken/pruned.bin"));
  std::filesystem::create_directories(file("taken/sweep.csv"));
  expect({"train", "--data", workspace->data(), "--out", file("taken")}, kOutput, "pruned.bin");
  expect({"prune", "--model", file("run/model.bin"), "--fine-tune", "1", "--data",
          workspace->data(), "--out", file("taken/pruned.bin")},
         kOutput, "pruned.bin");
  expect({"sweep", "--model", file("run/model.bin"), "--data", workspace->data(), "--out",
          file("taken")},
         kOutput, "sweep.csv");
}

TEST_F(ExitCode, PruningInPlaceDoesNotLoseTheSensitivities) {
  std::filesystem::copy_file(file("run/model.bin"), file("in-place.bin"));
  std::filesystem::create_symlink("in-place.bin", file("link.bin"));
  const auto before = test::bytes_of(file("in-place.bin"));
  for (const char* out : {"in-place.bin", "link.bin"})
    expect({"prune", "--model", file("in-place.bin"), "--out", file(out)}, kUsage,
           "--keep-sensitivities");
  EXPECT_EQ(test::bytes_of(file("in-place.bin")), before);
  EXPECT_EQ(workspace
                ->run({"prune", "--model", file("in-place.bin"), "--out", file("in-place.bin"),
                       "--keep-sensitivities", "--overwrite"})
                .status,
            0);
}

TEST_F(ExitCode, HelpIsData) {
  for (const Words& words :
       {Words{"--help"}, Words{"train", "--help"}, Words{"prune", "--help"},
        Words{"eval", "--help"}, Words{"inspect", "--help"}, Words{"verify", "--help"},
        Words{"doctor", "--help"}, Words{"data", "fetch", "--help"}, Words{"--version"}}) {
    const test::ProcessResult result = workspace->run(words);
    EXPECT_EQ(result.status, 0);
    EXPECT_EQ(result.err, "");
    EXPECT_NE(result.out, "");
  }
  const std::string help = workspace->run({"train", "--help"}).out;
  for (const char* text : {"--momentum", "0.9", "Example:", "Exit status:"})
    EXPECT_THAT(help, HasSubstr(text));
}

}  // namespace
}  // namespace karnin
