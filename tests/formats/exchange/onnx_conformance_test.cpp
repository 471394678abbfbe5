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

const std::string kRight = "right";
const std::string kOtherType = "read, but of another type than float";

struct Outcome {
  int right = 0;
};

void expect_right(const test::OnnxCase& expected, const Model& model) {
  const std::int64_t images = std::ssize(expected.input) / input_extent(model.graph).size();
  const Values actual = test::run(model, images, test::in_planes(expected.input, model.graph));
  ASSERT_EQ(actual.size(), expected.output.size()) << expected.name;
  for (std::size_t i = 0; i < actual.size(); ++i)
    ASSERT_NEAR(actual[i], expected.output[i], 1e-5F * (1.0F + std::abs(expected.output[i])))
        << expected.name << ", value " << i;
}

void try_images(const std::filesystem::path& folder, std::int64_t images) {
  for (std::int64_t image = 0; image < images; ++image) {
    const test::OnnxCase expected = test::read_case(folder, image);
    expect_right(expected, decode_onnx(expected.bytes, expected.name));
  }
}

/// Refusals are FileErrors. What is bound to all images may have another value for each: then they
/// are tried one by one.
std::string tried(const std::filesystem::path& folder, const test::OnnxCase& expected) {
  std::string refusal;
  try {
    const Model model = decode_onnx(expected.bytes, expected.name);
    if (expected.input.empty() || expected.output.empty()) return kOtherType;
    expect_right(expected, model);
    return kRight;
  } catch (const FileError& error) {
    refusal = error.what();
  }
  if (expected.images == 1 || expected.input.empty() || expected.output.empty()) return refusal;
  try {
    try_images(folder, expected.images);
    return kRight;
  } catch (const FileError&) {  // the reason that counts is the first one
  }
  return refusal;
}

void try_case(const std::filesystem::path& folder, Outcome& outcome) {
  const test::OnnxCase expected = test::read_case(folder);
  const auto start = std::chrono::steady_clock::now();
  const std::string message = tried(folder, expected);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(1)) << expected.name;
  if (message == kRight) {
    ++outcome.right;
  } else if (message != kOtherType) {
    EXPECT_THAT(message, AllOf(ContainsRegex("node '.*' \\(.+, opset [0-9]+\\)"),
                               Not(::testing::HasSubstr("\n"))));
  }
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

TEST(OnnxConformance, OperatorsOneByOne) { expect_cases("node", 144); }
TEST(OnnxConformance, LayersOfPyTorch) { expect_cases("pytorch-converted", 54); }
TEST(OnnxConformance, OperatorsOfPyTorch) { expect_cases("pytorch-operator", 9); }
TEST(OnnxConformance, SmallModels) { expect_cases("simple", 1); }

}  // namespace
}  // namespace karnin
