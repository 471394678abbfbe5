#include "tests/cli/workspace.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "tests/support/bright_squares.h"

namespace karnin::test {
namespace {

namespace fs = std::filesystem;

void write_records(const fs::path& file, const ImageSet& images) {
  std::ofstream stream(file, std::ios::binary);
  for (std::int64_t i = 0; i < images.size(); ++i) {
    stream.put(static_cast<char>(images.labels[static_cast<std::size_t>(i)]));
    const auto pixels = images.image(i);
    stream.write(reinterpret_cast<const char*>(pixels.data()),
                 static_cast<std::streamsize>(pixels.size()));
  }
}

}  // namespace

Workspace::Workspace() {
  std::string name = (fs::temp_directory_path() / "karnin-cli-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary directory");
  root_ = name;
  fs::create_directories(data());
  const Extent extent{3, 32, 32};
  write_records(fs::path(data()) / "data_batch_1.bin", bright_squares(extent, 10, kTrainImages, 1));
  write_records(fs::path(data()) / "test_batch.bin", bright_squares(extent, 10, kTestImages, 2));
}

Workspace::~Workspace() {
  std::error_code ignored;
  fs::remove_all(root_, ignored);
}

std::vector<std::string> Workspace::command(const std::vector<std::string>& arguments) const {
  std::vector<std::string> words{KARNIN_CPU};
  words.insert(words.end(), arguments.begin(), arguments.end());
  return words;
}

ProcessOptions Workspace::options() const {
  return {{{"KARNIN_DATA", ""},
           {"KARNIN_CPU_ISA", ""},
           {"KARNIN_KERNEL", ""},
           {"NO_COLOR", ""},
           {"OMP_PROC_BIND", "false"},  // or the tests' own would be told of
           {"TERM", "xterm"},
           {"XDG_CACHE_HOME", path("cache").string()}},
          false};
}

ProcessResult Workspace::run(const std::vector<std::string>& arguments) const {
  return Process(command(arguments), options()).wait();
}

nlohmann::json Workspace::run_json(std::vector<std::string> arguments) const {
  arguments.push_back("--json");
  const ProcessResult result = run(arguments);
  EXPECT_EQ(result.status, 0) << result.err;
  nlohmann::json json = nlohmann::json::parse(result.out, nullptr, false);
  EXPECT_TRUE(json.is_object()) << result.out;
  return json;
}

nlohmann::json Workspace::train(const std::string& out,
                                const std::vector<std::string>& more) const {
  std::vector<std::string> arguments{"train", "--data", data(),  "--epochs",        "4",
                                     "--lr",  "0.01",   "--out", path(out).string()};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return run_json(arguments);
}

std::vector<std::uint8_t> bytes_of(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  EXPECT_TRUE(stream.good()) << file;
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::vector<std::string> files_in(const fs::path& directory) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(directory))
    names.push_back(entry.path().filename().string());
  std::ranges::sort(names);
  return names;
}

}  // namespace karnin::test
