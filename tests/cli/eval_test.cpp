// eval where something is missing or mirrored.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "tests/cli/workspace.h"

namespace karnin {
namespace {

namespace fs = std::filesystem;

using testing::AnyOf;
using testing::HasSubstr;
using Words = std::vector<std::string>;

class Eval : public test::TrainedTest {
 protected:
};

/// Images of the first three classes alone.
TEST_F(Eval, AClassWithoutImagesHasNoAccuracy) {
  fs::create_directories(file("three"));
  for (const char* name : {"data_batch_1.bin", "test_batch.bin"}) {
    const auto bytes = test::bytes_of(fs::path(workspace->data()) / name);
    std::ofstream out(file("three") + "/" + name, std::ios::binary);
    for (std::size_t at = 0; at < bytes.size(); at += 3073)
      if (bytes[at] < 3) out.write(reinterpret_cast<const char*>(bytes.data()) + at, 3073);
  }
  const Words words{"eval", "--model", file("run/model.bin"), "--data", file("three")};
  const auto report = workspace->run_json(words);
  for (std::size_t i = 0; i < 10; ++i)
    EXPECT_EQ(report["per_class"][i]["accuracy"].is_null(), i >= 3) << i;
  const std::string text = workspace->run(words).out;
  EXPECT_THAT(text, testing::ContainsRegex("3  cat +-  "));
  EXPECT_THAT(text, testing::ContainsRegex("2  bird +[0-9.]+ %"));
}

TEST_F(Eval, AModelThatVanishesIsAMissingFile) {
  const std::string model = file("vanishing.bin");
  for (const int delay : {5, 40, 80, 120, 160, 240}) {
    fs::copy_file(file("run/model.bin"), model, fs::copy_options::overwrite_existing);
    test::Process process(
        workspace->command({"eval", "--model", model, "--data", workspace->data()}),
        workspace->options());
    std::this_thread::sleep_for(std::chrono::milliseconds(delay));
    fs::remove(model);
    const test::ProcessResult result = process.wait();
    EXPECT_THAT(result.status, AnyOf(0, 3)) << result.err;
    EXPECT_THAT(result.err, HasSubstr(result.status == 3 ? "vanishing.bin" : ""));
  }
}

/// The same images, each turned around.
void mirror_data(const std::filesystem::path& from, const std::filesystem::path& to) {
  constexpr std::size_t kRecord = 1 + 3 * 32 * 32;
  std::filesystem::copy(from, to);
  for (const auto& entry : std::filesystem::directory_iterator(to)) {
    if (entry.path().extension() != ".bin") continue;
    std::vector<std::uint8_t> bytes = test::bytes_of(entry.path());
    for (std::size_t record = 0; record + kRecord <= bytes.size(); record += kRecord)
      for (std::size_t row = record + 1; row < record + kRecord; row += 32)
        std::reverse(bytes.begin() + static_cast<std::ptrdiff_t>(row),
                     bytes.begin() + static_cast<std::ptrdiff_t>(row + 32));
    std::ofstream(entry.path(), std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
  }
}

TEST_F(Eval, AnImageAndItsMirrorImageAreWorthTheSame) {
  mirror_data(workspace->data(), workspace->path("mirrored"));
  const auto evaluation = [](const std::string& data, const Words& more) {
    Words words{"eval", "--model", file("run/model.bin"), "--data", data};
    words.insert(words.end(), more.begin(), more.end());
    return workspace->run_json(words)["confusion"];
  };
  const std::string mirrored = file("mirrored");
  EXPECT_EQ(evaluation(workspace->data(), {"--mirror"}), evaluation(mirrored, {"--mirror"}));
  EXPECT_NE(evaluation(workspace->data(), {}), evaluation(mirrored, {}));
}

}  // namespace
}  // namespace karnin
