// The cases that ONNX has for its operators (Debian's libonnx-testdata): each gives what it should,
// or is refused in one line that names node, operator and opset. KARNIN_ONNX_REPORT=1 lists them.
#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iostream>

#include "tests/support/cpu_time.h"
#include "tests/support/onnx_case.h"
#include "tests/support/onnx_page.h"
#include "tests/support/onnx_run.h"

namespace karnin {
namespace {

using test::kOtherType;
using test::kRight;
using test::OnnxOutcome;
using test::Values;
using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

const std::filesystem::path kCases = "/usr/share/libonnx-testdata/data";
constexpr std::int64_t kCasesOfPage = 1072;  ///< of Debian 12

void expect_right(const test::OnnxCase& expected, const Model& model) {
  const std::int64_t images = std::ssize(expected.input) / input_extent(model.graph).size();
  const std::vector<Values> actual =
      test::run_all(model, images, test::in_planes(expected.input, model.graph));
  ASSERT_EQ(actual.size(), expected.outputs.size()) << expected.name;
  for (std::size_t k = 0; k < actual.size(); ++k) {
    const Values& output = expected.outputs[k];
    ASSERT_EQ(actual[k].size(), output.size()) << expected.name << ", output " << k;
    for (std::size_t i = 0; i < output.size(); ++i)
      ASSERT_NEAR(actual[k][i], output[i], 1e-5F * (1.0F + std::abs(output[i])))
          << expected.name << ", output " << k << ", value " << i;
  }
}

/// Read or refused within a second.
Model read_in_time(const test::OnnxCase& expected) {
  struct Timer {
    ~Timer() { EXPECT_LT(test::cpu_seconds() - start, 1) << name; }
    std::string name;
    double start = test::cpu_seconds();
  };
  const Timer timer{expected.name};
  return decode_onnx(expected.bytes, expected.name);
}

void try_images(const std::filesystem::path& folder, std::int64_t images) {
  for (std::int64_t image = 0; image < images; ++image) {
    const test::OnnxCase expected = test::read_case(folder, image);
    expect_right(expected, read_in_time(expected));
  }
}

/// Refusals are FileErrors. What is bound to all images may have another value for each: then they
/// are tried one by one.
std::string tried(const std::filesystem::path& folder, const test::OnnxCase& expected) {
  std::string refusal;
  try {
    const Model model = read_in_time(expected);
    if (!is_of_floats(expected)) return kOtherType;
    expect_right(expected, model);
    return kRight;
  } catch (const FileError& error) {
    refusal = error.what();
  }
  if (expected.images == 1 || !is_of_floats(expected)) return refusal;
  try {
    try_images(folder, expected.images);
    return kRight;
  } catch (const FileError&) {  // the reason that counts is the first one
  }
  return refusal;
}

OnnxOutcome outcome_of(const std::filesystem::path& folder) {
  const test::OnnxCase expected = test::read_case(folder);
  OnnxOutcome outcome{expected.name, expected.operators, tried(folder, expected)};
  if (outcome.is_refused()) {
    EXPECT_THAT(outcome.message,
                AllOf(ContainsRegex("node '.*' \\(.+, opset [0-9]+\\)"), Not(HasSubstr("\n"))));
  }
  if (std::getenv("KARNIN_ONNX_REPORT") != nullptr)
    std::cout << outcome.name << ": " << outcome.message << "\n";
  return outcome;
}

std::vector<OnnxOutcome> outcomes_in(const std::string& folder) {
  std::vector<OnnxOutcome> outcomes;
  for (const auto& each : test::cases_in(kCases / folder)) outcomes.push_back(outcome_of(each));
  return outcomes;
}

/// At least so many of a folder's cases are right: no change makes that fewer.
void expect_cases(const std::string& folder, int least) {
  const std::vector<OnnxOutcome> outcomes = outcomes_in(folder);
  if (outcomes.empty()) GTEST_SKIP() << "libonnx-testdata is not here";
  EXPECT_GE(std::ranges::count(outcomes, kRight, &OnnxOutcome::message), least)
      << "of " << outcomes.size() << " in " << folder;
}

TEST(OnnxConformance, OperatorsOneByOne) { expect_cases("node", 171); }
TEST(OnnxConformance, LayersOfPyTorch) { expect_cases("pytorch-converted", 58); }
TEST(OnnxConformance, OperatorsOfPyTorch) { expect_cases("pytorch-operator", 17); }
TEST(OnnxConformance, SmallModels) { expect_cases("simple", 2); }

/// docs/ONNX.md, read anew by each test.
std::string page() {
  std::ifstream file(KARNIN_ONNX_PAGE);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(OnnxPage, ListsEveryOperator) {
  for (const OnnxOperator& op : onnx_operators())
    EXPECT_THAT(page(), HasSubstr(test::row_start(op)));
}

/// The tables of the page are those made here.
TEST(OnnxPage, CountsEveryCase) {
  std::vector<OnnxOutcome> outcomes;
  for (const char* folder : {"node", "pytorch-converted", "pytorch-operator", "simple"})
    std::ranges::move(outcomes_in(folder), std::back_inserter(outcomes));
  if (std::ssize(outcomes) != kCasesOfPage) GTEST_SKIP() << "another libonnx-testdata, or none";
  EXPECT_THAT(page(), HasSubstr(test::operator_table(outcomes)));
  EXPECT_THAT(page(), HasSubstr(test::refusal_table(outcomes)));
}

}  // namespace
}  // namespace karnin
