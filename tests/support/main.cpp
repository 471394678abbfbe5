// main() of every test program. It takes names of source files, without folder and ending, and then
// runs their tests alone: `cli_test import_test`. KARNIN_CPU_ISA counts, as for karnin-cpu.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <string>

#include "tests/support/isa_level.h"

namespace karnin::test {
namespace {

/// GoogleTest's filter for the tests that stand in a file; empty without any.
std::string tests_of(const std::string& file) {
  const testing::UnitTest& program = *testing::UnitTest::GetInstance();
  std::string filter;
  for (int s = 0; s < program.total_test_suite_count(); ++s) {
    const testing::TestSuite& suite = *program.GetTestSuite(s);
    for (int t = 0; t < suite.total_test_count(); ++t) {
      const testing::TestInfo& test = *suite.GetTestInfo(t);
      if (std::filesystem::path(test.file()).stem() == file)
        filter.append(suite.name()).append(".").append(test.name()).append(":");
    }
  }
  return filter;
}

}  // namespace
}  // namespace karnin::test

int main(int argc, char** argv) {
  testing::InitGoogleMock(&argc, argv);
  std::string filter;
  for (int i = 1; i < argc; ++i) {
    const std::string tests = karnin::test::tests_of(argv[i]);
    if (tests.empty()) {
      std::fprintf(stderr, "%s: expected a file with tests, got '%s'\n", argv[0], argv[i]);
      return 2;
    }
    filter += tests;
  }
  if (!filter.empty()) GTEST_FLAG_SET(filter, filter);
  return RUN_ALL_TESTS();
}
