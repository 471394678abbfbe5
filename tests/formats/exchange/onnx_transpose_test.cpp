// Transpositions that meet neither the input nor weights nor one another.
#include <gmock/gmock.h>

#include <algorithm>
#include <ranges>

#include "tests/support/onnx_run.h"

namespace karnin {
namespace {

using test::decoded;
using test::OnnxFile;
using test::run;
using test::Values;

/// x of these sizes behind a batch, and y, its axes in another order.
void expect_turned(const std::vector<std::int64_t>& dims, const std::vector<std::int64_t>& perm,
                   std::size_t layers) {
  OnnxFile file;
  std::vector<std::int64_t> input{-1}, order{0};
  input.insert(input.end(), dims.begin(), dims.end());
  file.input("x", input);
  for (const std::int64_t axis : perm) order.push_back(axis + 1);
  input.front() = 0;  // by a Reshape, or x would be an image whose channels come last
  file.integers("same", input).node("Reshape", {"x", "same"}, "r");
  file.node("Relu", {"r"}, "s").node("Transpose", {"s"}, "y").with("perm", order);
  const Model model = decoded(file.output("y"));
  EXPECT_LE(model.graph.nodes.size(), 2 + layers);
  Values src, expected;
  for (std::int64_t i = 0; i < element_count(dims); ++i) {
    src.push_back(static_cast<float>(i));
    std::vector<std::int64_t> index(dims.size());  // in x, from y's, by its axes from the last on
    std::int64_t rest = i, place = 0;
    for (const std::int64_t axis : perm | std::views::reverse) {
      const auto a = static_cast<std::size_t>(axis);
      index[a] = rest % dims[a];
      rest /= dims[a];
    }
    for (std::size_t a = 0; a < dims.size(); ++a) place = place * dims[a] + index[a];
    expected.push_back(static_cast<float>(place));
  }
  EXPECT_EQ(run(model, 1, src), expected) << ::testing::PrintToString(perm);
}

/// Every order of three axes is one layer; of more axes some take several.
TEST(OnnxTranspose, AreLayers) {
  std::vector<std::int64_t> perm{0, 1, 2};
  do expect_turned({2, 3, 4}, perm, 1);
  while (std::ranges::next_permutation(perm).found);
  perm = {0, 1, 2, 3};
  do expect_turned({2, 3, 4, 5}, perm, 8);
  while (std::ranges::next_permutation(perm).found);
  expect_turned({2, 3, 2, 3, 2}, {4, 2, 0, 3, 1}, 12);
}

/// Eight channels of one pixel: two of 2 x 2, whose four pixels are far apart, or side by side.
TEST(OnnxTranspose, BlocksAreChannels) {
  const auto result = [](const char* mode) {
    OnnxFile file;
    file.input("x", {-1, 8, 1, 1}).node("DepthToSpace", {"x"}, "y").with("blocksize", 2);
    return run(decoded(file.with("mode", mode).output("y")), 1, {0, 1, 2, 3, 4, 5, 6, 7});
  };
  EXPECT_EQ(result("DCR"), (Values{0, 2, 4, 6, 1, 3, 5, 7}));
  EXPECT_EQ(result("CRD"), (Values{0, 1, 2, 3, 4, 5, 6, 7}));
  EXPECT_THROW(result("RCD"), FileError);
  OnnxFile back;
  back.input("x", {-1, 2, 2, 2}).node("SpaceToDepth", {"x"}, "y").with("blocksize", 2);
  EXPECT_EQ(run(decoded(back.output("y")), 1, {0, 2, 4, 6, 1, 3, 5, 7}),
            (Values{0, 1, 2, 3, 4, 5, 6, 7}));
  for (const int block : {0, 3, -2}) {
    OnnxFile wrong;
    wrong.input("x", {-1, 8, 4, 4}).node("DepthToSpace", {"x"}, "y").with("blocksize", block);
    EXPECT_THROW(decoded(wrong.output("y")), FileError) << block;
  }
}

}  // namespace
}  // namespace karnin
