// A process that is killed while it saves: the file is the old one or the new one, whole.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <random>

#include "formats/io/atomic_file.h"
#include "tests/support/temporary_directory.h"

namespace karnin {
namespace {

/// KARNIN_KILLS=1000 takes half a minute.
int kills() {
  const char* count = std::getenv("KARNIN_KILLS");
  return count == nullptr ? 30 : std::atoi(count);
}

std::vector<std::uint8_t> contents(std::uint8_t round) {
  return std::vector<std::uint8_t>(300'000 + std::size_t{round} * 1000, round);
}

/// Saves one content after the other until it is killed.
[[noreturn]] void save_for_ever(const std::filesystem::path& path) {
  for (std::uint8_t round = 0;; ++round) replace_file(path, contents(round));
}

TEST(Kill, LeavesTheOldFileOrTheNewOne) {
  const test::TemporaryDirectory directory;
  const std::filesystem::path path = directory / "file";
  replace_file(path, contents(0));
  std::mt19937 rng(1);
  for (int kill_number = 0; kill_number < kills(); ++kill_number) {
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) save_for_ever(path);
    usleep(static_cast<useconds_t>(rng() % 20'000));
    ASSERT_EQ(kill(child, SIGKILL), 0);
    ASSERT_EQ(waitpid(child, nullptr, 0), child);
    const std::vector<std::uint8_t> bytes = test::read_bytes(path);
    ASSERT_FALSE(bytes.empty());
    ASSERT_EQ(bytes, contents(bytes.front())) << "kill " << kill_number;
  }
  require_writable_directory(directory.path());
  EXPECT_EQ(directory.entries(), std::vector<std::string>{"file"}) << "leftovers are swept up";
}

}  // namespace
}  // namespace karnin
