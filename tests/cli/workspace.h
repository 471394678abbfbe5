// A directory of its own with a small data set in it, and karnin-cpu to be run there.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/support/process.h"

namespace karnin::test {

inline constexpr std::int64_t kTrainImages = 600;
inline constexpr std::int64_t kTestImages = 200;

// Exit statuses.
inline constexpr int kUsage = 2, kInput = 3, kNoDataset = 4, kOutput = 5, kInterrupted = 130;

class Workspace {
 public:
  /// 600 training and 200 test images in CIFAR-10's layout, easy to learn, in data().
  Workspace();
  ~Workspace();
  Workspace(const Workspace&) = delete;
  Workspace& operator=(const Workspace&) = delete;

  std::filesystem::path path(const std::string& name) const { return root_ / name; }
  std::string data() const { return path("squares").string(); }

  /// karnin-cpu with these arguments. Neither a data set nor a setting of the machine is seen.
  std::vector<std::string> command(const std::vector<std::string>& arguments) const;
  ProcessOptions options() const;
  ProcessResult run(const std::vector<std::string>& arguments) const;

  /// run() with --json, which must succeed; what stdout holds.
  nlohmann::json run_json(std::vector<std::string> arguments) const;

  /// A quick training into path(out); must succeed.
  nlohmann::json train(const std::string& out, const std::vector<std::string>& more = {}) const;

 private:
  std::filesystem::path root_;
};

/// Tests that share a workspace. A suite that needs more there has a SetUpTestSuite() of its own,
/// which calls this one first.
class WorkspaceTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { workspace = std::make_unique<Workspace>(); }
  static void TearDownTestSuite() { workspace.reset(); }

  static std::string file(const std::string& name) { return workspace->path(name).string(); }

  inline static std::unique_ptr<Workspace> workspace;
};

/// Tests that read one short training, in "run".
class TrainedTest : public WorkspaceTest {
 protected:
  static void SetUpTestSuite() {
    WorkspaceTest::SetUpTestSuite();
    workspace->train("run", {"--epochs", "1"});
  }
};

std::vector<std::uint8_t> bytes_of(const std::filesystem::path& file);

/// Names of all files in a directory, sorted.
std::vector<std::string> files_in(const std::filesystem::path& directory);

}  // namespace karnin::test
