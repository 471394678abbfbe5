// The cases that ONNX has for its operators (Debian's libonnx-testdata): each gives what it should,
// or is refused in one line that names node, operator and opset. KARNIN_ONNX_REPORT=1 lists them.
#include <gmock/gmock.h>

#include <chrono>
#include <cmath>
#include <cstdlib>
#include <iostream>

#include "tests/support/onnx_case.h"
#include "tests/support/onnx_run.h"

namespace karnin {
namespace {

using test::Values;
using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::Not;

const std::filesystem::path kCases = "/usr/share/libonnx-testdata/data";

struct Outcome {
  int right = 0;
  int refused = 0;
};

void expect_right(const test::OnnxCase& expected, const Model& model) {
  const std::int64_t images = std::ssize(expected.input) / input_extent(model.graph).size();
  const Values actual = test::run(model, images, test::in_planes(expected.input, model.graph));
  ASSERT_EQ(actual.size(), expected.output.size()) << expected.name;
  for (std::size_t i = 0; i < actual.size(); ++i)
    ASSERT_NEAR(actual[i], expected.output[i], 1e-5F * (1.0F + std::abs(expected.output[i])))
        << expected.name << ", value " << i;
}

void try_case(const std::filesystem::path& folder, Outcome& outcome) {
  const test::OnnxCase expected = test::read_case(folder);
  const auto start = std::chrono::steady_clock::now();
  std::string message = "right";
  try {
    const Model model = decode_onnx(expected.bytes, expected.name);
    expect_right(expected, model);
    ++outcome.right;
  } catch (const FileError& error) {
    message = error.what();
    ++outcome.refused;
    EXPECT_THAT(message, AllOf(ContainsRegex("node '.*' \\(.+, opset [0-9]+\\)"),
                               Not(::testing::HasSubstr("\n"))));
  }
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(1)) << expected.name;
  if (std::getenv("KARNIN_ONNX_REPORT") != nullptr)
    std::cout << expected.name << ": " << message << "\n";
}

/// At least so many of a folder's cases are right: no change makes that fewer.
void expect_cases(const std::string& folder, int least) {
  const auto cases = test::cases_in(kCases / folder);
  if (cases.empty()) GTEST_SKIP() << "libonnx-testdata is not here";
  Outcome outcome;
  for (const auto& each : cases) try_case(each, outcome);
  EXPECT_GE(outcome.right, least) << "of " << cases.size() << " in " << folder;
}

TEST(OnnxConformance, OperatorsOneByOne) { expect_cases("node", 42); }
TEST(OnnxConformance, LayersOfPyTorch) { expect_cases("pytorch-converted", 18); }
TEST(OnnxConformance, OperatorsOfPyTorch) { expect_cases("pytorch-operator", 3); }
TEST(OnnxConformance, SmallModels) { expect_cases("simple", 1); }

}  // namespace
}  // namespace karnin
