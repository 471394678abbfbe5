// Every kernel of fully connected layers, at every instruction set under test, on layers drawn at
// random: against the slow reference, and against each other.
//   KARNIN_FUZZ_SECONDS=60 build/release/tests/fc_fuzz_test    longer than the second of every day
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "runtime/core/counter_rng.h"
#include "runtime/kernels/fc_sparse.h"
#include "tests/support/fill.h"
#include "tests/support/guarded.h"
#include "tests/support/kernel_table_test.h"
#include "tests/support/lane_blocks.h"
#include "tests/support/reference_fc.h"

namespace karnin::test {
namespace {

using kernels::FcShape;
using kernels::PackedSparse;
using kernels::Table;

/// Which weights are kept.
enum class Pattern { scattered, empty_rows, full_rows, empty_columns, nothing, everything };
constexpr std::uint64_t kPatterns = 6;

struct Case {
  FcShape shape;
  Pattern pattern;
  std::uint64_t kept_percent;
  bool relu;
  std::vector<float> src, weights, bias;
};

std::int64_t between(CounterRng& rng, std::uint64_t least, std::uint64_t most) {
  return static_cast<std::int64_t>(least + rng.below(most - least + 1));
}

/// Mostly small, so that remainders of every kind meet; sometimes one, sometimes several tiles of
/// columns or panels of rows.
std::int64_t extent(CounterRng& rng) {
  switch (rng.below(8)) {
    case 0:
      return 1;
    case 1:
      return between(rng, 500, 1100);
    default:
      return between(rng, 2, 70);
  }
}

bool keeps(Pattern pattern, std::int64_t row, std::int64_t column) {
  switch (pattern) {
    case Pattern::empty_rows:
      return row % 3 != 1;
    case Pattern::empty_columns:
      return column % 5 < 2;
    case Pattern::nothing:
      return false;
    default:
      return true;
  }
}

/// Sets the weights that the pattern drops to zero. Rows that are full and rows that are thin in
/// one group leave as many filled steps as there can be.
void thin(Case& c, CounterRng& rng) {
  for (std::size_t i = 0; i < c.weights.size(); ++i) {
    const auto row = static_cast<std::int64_t>(i) / c.shape.ic;
    const auto column = static_cast<std::int64_t>(i) % c.shape.ic;
    const bool drawn = rng.below(100) < c.kept_percent || c.pattern == Pattern::everything ||
                       (c.pattern == Pattern::full_rows && row % 4 == 0);
    if (!drawn || !keeps(c.pattern, row, column)) c.weights[i] = 0.0F;
  }
}

template <typename Fill>
Case draw(std::uint64_t seed, const Fill& fill) {
  CounterRng rng(seed);
  Case c{};
  c.shape = {between(rng, 1, 70), extent(rng), extent(rng)};
  while (c.shape.ic * c.shape.oc * c.shape.rows > 2'000'000) c.shape.rows = 1 + c.shape.rows / 3;
  c.pattern = static_cast<Pattern>(rng.below(kPatterns));
  c.kept_percent = rng.below(101);
  c.relu = rng.below(2) == 1;
  c.src = fill(c.shape.rows * c.shape.ic, seed + 1);
  c.weights = fill(c.shape.oc * c.shape.ic, seed + 2);
  c.bias = fill(c.shape.oc, seed + 3);
  thin(c, rng);
  return c;
}

using Output = std::pair<std::string, std::vector<float>>;

std::vector<float> taken(const Guarded& out) {
  EXPECT_TRUE(out.intact());
  return {out.span().begin(), out.span().end()};
}

void run_dense(const Table& table, const Case& c, std::vector<Output>& outputs) {
  const FcShape& s = c.shape;
  Guarded plain(s.rows * s.oc), packed(s.rows * s.oc);
  Guarded panels(static_cast<std::int64_t>(table.fc_packed_size(s.oc, s.ic)));
  table.fc_forward(s, c.src.data(), c.weights.data(), c.bias.data(), c.relu, plain.data());
  table.fc_pack(s.oc, s.ic, c.weights.data(), panels.data());
  table.fc_forward_packed(s, c.src.data(), panels.data(), c.bias.data(), c.relu, packed.data());
  EXPECT_TRUE(panels.intact());
  outputs.emplace_back("forward", taken(plain));
  outputs.emplace_back("packed", taken(packed));
}

std::vector<float> from_pairs(const Table& table, const Case& c, const PackedSparse& packed) {
  const FcShape& s = c.shape;
  const std::int64_t rows = (s.rows + table.lanes - 1) / table.lanes * table.lanes;
  Guarded pairs(rows * s.ic), sums(rows * s.oc), out(s.rows * s.oc);
  table.rows_to_pairs(s.rows, s.ic, c.src.data(), pairs.data());
  table.fc_pairs_sparse({rows, s.ic, s.oc}, packed.view(), pairs.data(), c.bias.data(), c.relu,
                        sums.data());
  table.blocks_to_rows(s.rows, s.oc, sums.data(), out.data());
  EXPECT_TRUE(pairs.intact() && sums.intact());
  return taken(out);
}

void run_sparse(const Table& table, const Case& c, std::vector<Output>& outputs) {
  const FcShape& s = c.shape;
  const SparseMatrix matrix = SparseMatrix::from_dense(c.weights, s.oc, s.ic);
  const PackedSparse lanes(matrix, table.lanes), single(matrix, 1);
  Guarded turned(s.rows * s.oc), gathered(s.rows * s.oc);
  Guarded scratch(static_cast<std::int64_t>(table.fc_sparse_scratch(s)));
  table.fc_sparse_lanes(lanes.view(), s.rows, c.src.data(), c.bias.data(), c.relu, turned.data(),
                        scratch.data());
  table.fc_sparse_gather(single.view(), s.rows, c.src.data(), c.bias.data(), c.relu,
                         gathered.data());
  EXPECT_TRUE(scratch.intact());
  outputs.emplace_back("sparse lanes", taken(turned));
  outputs.emplace_back("sparse pairs", from_pairs(table, c, lanes));
  outputs.emplace_back("sparse gather", taken(gathered));
}

/// The kernels that images reach already side by side.
void run_in_lanes(const Table& table, const Case& c, std::vector<Output>& outputs) {
  const std::vector<float> src = to_blocks(c.src, c.shape.ic, table.lanes);
  const FcShape s{static_cast<std::int64_t>(src.size()) / c.shape.ic, c.shape.ic, c.shape.oc};
  const PackedSparse packed(SparseMatrix::from_dense(c.weights, s.oc, s.ic), table.lanes);
  Guarded dense(s.rows * s.oc), sparse(s.rows * s.oc);
  table.fc_lanes_forward(s, src.data(), c.weights.data(), c.bias.data(), c.relu, dense.data());
  table.fc_lanes_sparse(s, packed.view(), src.data(), c.bias.data(), c.relu, sparse.data());
  for (auto* out : {&dense, &sparse})
    outputs.emplace_back(out == &dense ? "dense in lanes" : "sparse in lanes",
                         from_blocks(taken(*out), s.oc, table.lanes, c.shape.rows));
}

/// Each instruction set against the reference, and its kernels against one another to the bit.
template <typename Compare>
void check(const Case& c, const Compare& compare) {
  const FcShape& s = c.shape;
  const Reference reference = reference_forward(s, c.src, c.weights, c.bias, c.relu);
  for (const Isa isa : isas_under_test()) {
    SCOPED_TRACE(testing::Message()
                 << to_string(isa) << ", rows " << s.rows << ", ic " << s.ic << ", oc " << s.oc
                 << ", pattern " << static_cast<int>(c.pattern) << ", kept " << c.kept_percent
                 << " %, relu " << c.relu);
    std::vector<Output> outputs;
    run_dense(kernels::table(isa), c, outputs);
    run_sparse(kernels::table(isa), c, outputs);
    run_in_lanes(kernels::table(isa), c, outputs);
    for (const auto& [kernel, output] : outputs) {
      SCOPED_TRACE(kernel);
      compare(output, reference);
      EXPECT_EQ(output, outputs.front().second);
    }
  }
}

TEST(FcFuzzTest, AllKernelsAgree) {
  const char* const given = std::getenv("KARNIN_FUZZ_SECONDS");
  const std::chrono::duration<double> budget(given == nullptr ? 1.0 : std::stod(given));
  const auto start = std::chrono::steady_clock::now();
  constexpr std::uint64_t kAtLeast = 50;  // however slow the machine
  std::uint64_t seed = 1;
  for (; seed <= kAtLeast || std::chrono::steady_clock::now() - start < budget; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    check(draw(seed * 8, integers), expect_equal);
    check(draw(seed * 8 + 4, uniforms), expect_near);
    if (HasFailure()) return;
  }
  RecordProperty("layers", static_cast<int>(2 * (seed - 1)));
}

}  // namespace
}  // namespace karnin::test
