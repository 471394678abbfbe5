// eval where something is missing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

}  // namespace
}  // namespace karnin
