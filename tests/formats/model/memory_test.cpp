// What reading takes: FORMAT.md, "Memory".
#include <gmock/gmock.h>

#include <filesystem>
#include <functional>

#include "formats/model/model_file.h"
#include "tests/support/allocation_meter.h"
#include "tests/support/random_model.h"
#include "tests/support/temporary_directory.h"

namespace karnin {
namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr std::size_t kTables = std::size_t{256} << 10;

Model one_matrix(std::int64_t rows, std::int64_t columns) {
  return make_model(make_chain("n", {1, 1, columns}, {{"fc", FullyConnected{rows}}}));
}

/// The most that action() held at once; what it returns counts.
std::size_t most_held_by(const std::function<void()>& action) {
  const std::size_t before = test::held_bytes();
  test::reset_most_held_bytes();
  action();
  return test::most_held_bytes() - before;
}

/// Files that stand for as many weights as a file may: no mask, and masks that keep nothing, all
/// and the first half, in matrices of any shape.
TEST(Memory, NoFileTakesMoreThanItsBytesAllow) {
  constexpr std::int64_t kWeights = 1'000'000;
  for (const std::int64_t rows : {std::int64_t{1}, std::int64_t{1000}, kWeights})
    for (const std::int64_t kept : {std::int64_t{-1}, std::int64_t{0}, kWeights / 2, kWeights}) {
      SCOPED_TRACE(testing::Message() << rows << " rows, " << kept << " kept");
      Model model = one_matrix(rows, kWeights / rows);
      Mask& mask = model.parameters[0].mask;
      if (kept >= 0) mask.assign(kWeights, 0);
      std::fill_n(mask.begin(), std::max<std::int64_t>(kept, 0), std::uint8_t{1});
      const Bytes bytes = encode_model(model);
      const std::size_t most = 2 * 1280 * bytes.size() + kTables;
      EXPECT_LE(most_held_by([&] { decode_model(bytes, "file"); }), most);
      EXPECT_LE(most_held_by([&] { decode_compact_model(bytes, "file"); }), most);
    }
}

/// One matrix of normal weights, or of 15 values, of which about `density` are kept.
Model pruned_matrix(double density, bool few_values) {
  Model model = one_matrix(512, 640);
  std::mt19937 rng(3);
  std::normal_distribution<float> normal;
  for (float& weight : model.parameters.front().value.span())
    weight = few_values ? static_cast<float>(static_cast<int>(rng() % 15) - 7) : normal(rng);
  test::prune_randomly(model.parameters.front(), density, rng);
  return model;
}

TEST(Memory, ForInferenceSparseMatricesTakeTheirKeptWeights) {
  for (const double density : {0.02, 0.05, 0.1, 0.2, 0.49})
    for (const bool few_values : {false, true}) {
      SCOPED_TRACE(testing::Message() << density << (few_values ? ", few values" : ""));
      const Model model = pruned_matrix(density, few_values);
      const Mask& mask = model.parameters[0].mask;
      const auto kept = static_cast<std::size_t>(std::ranges::count(mask, 1));
      const Bytes bytes = encode_model(model);
      const std::size_t before = test::held_bytes();
      CompactModel read;
      const std::size_t most = most_held_by([&] { read = decode_compact_model(bytes, "file"); });
      constexpr std::size_t kSmall = 16384;  // the bias, names, the description
      EXPECT_LE(test::held_bytes() - before, 8 * kept + 4 * 513 + kSmall);
      EXPECT_LE(most, 8 * kept + 4 * 513 + mask.size() + kept + kTables);
      if (density < 0.3) {
        EXPECT_LT(most, mask.size() * sizeof(float)) << "no dense tensor";
      }
    }
}

TEST(Memory, VerifyingTakesOneTensorAtATime) {
  constexpr std::int64_t kWidth = 200;
  Graph net = make_graph("n", {1, 1, kWidth});
  for (int i = 0; i < 16; ++i) append(net, "fc" + std::to_string(i), FullyConnected{kWidth});
  Model model = make_model(std::move(net));
  std::mt19937 rng(4);
  std::normal_distribution<float> normal;
  for (Parameter& parameter : model.parameters)
    for (float& weight : parameter.value.span()) weight = normal(rng);
  const test::TemporaryDirectory directory;
  const auto path = directory / "model.bin";
  write_model(path, model);
  const std::size_t most = most_held_by([&] { verify_model(path); });
  EXPECT_LT(most, std::filesystem::file_size(path) + 4 * kWidth * kWidth * sizeof(float) + kTables);
}

}  // namespace
}  // namespace karnin
