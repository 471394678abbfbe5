// Fully connected layers with images in the lanes.
#include "runtime/core/sparse_matrix.h"
#include "runtime/kernels/fc_sparse.h"
#include "runtime/self_test/blocks.h"
#include "runtime/self_test/check.h"

namespace karnin::self_test {
namespace {

using kernels::FcShape;
using kernels::PackedSparse;
using kernels::Table;

/// Inputs and outputs: of one number, with remainders of every tile, and with two tiles of columns.
struct FcLanesLayer {
  std::int64_t ic, oc;
};
constexpr FcLanesLayer kFcLanesLayers[] = {{1, 1}, {33, 17}, {70, 37}, {600, 5}};

struct FcLanesOperands {
  FcLanesOperands(const Table& kernels, const FcLanesLayer& layer)
      : table(kernels),
        s{block_rows(kernels), layer.ic, layer.oc},
        rows(integers(kImages * s.ic, 1)),
        weights(integers(s.oc * s.ic, 2)),
        bias(integers(s.oc, 3)),
        src(to_blocks(kernels, rows, s.ic)),
        diff_dst(to_blocks(kernels, integers(kImages * s.oc, 4), s.oc)),
        kept(SparseMatrix::from_dense(thinned(s.oc * s.ic, 5), s.oc, s.ic)) {}

  const Table& table;
  FcShape s;
  Values rows, weights, bias, src, diff_dst;
  SparseMatrix kept;
};

void add_blocks(const Table& table, const Output& blocks, std::int64_t floats, Results& results) {
  results.note_overrun(blocks);
  results.add(from_blocks(table, blocks.span(), floats));
}

/// run(operands, relu, dst) of every layer.
template <typename Run>
void check_fc_lanes_forward(const Table& table, Results& results, const Run& run) {
  for (const FcLanesLayer& layer : kFcLanesLayers)
    for (const bool relu : {false, true}) {
      const FcLanesOperands o(table, layer);
      Output dst(o.s.rows * o.s.oc);
      run(o, relu, dst.data());
      add_blocks(table, dst, o.s.oc, results);
    }
}

void fc_lanes_forward(const Table& table, Results& results) {
  check_fc_lanes_forward(table, results, [](const FcLanesOperands& o, bool relu, float* dst) {
    o.table.fc_lanes_forward(o.s, o.src.data(), o.weights.data(), o.bias.data(), relu, dst);
  });
}

void fc_lanes_sparse(const Table& table, Results& results) {
  check_fc_lanes_forward(table, results, [](const FcLanesOperands& o, bool relu, float* dst) {
    o.table.fc_lanes_sparse(o.s, PackedSparse(o.kept, o.table.lanes).view(), o.src.data(),
                            o.bias.data(), relu, dst);
  });
}

void fc_pairs_sparse(const Table& table, Results& results) {
  check_fc_lanes_forward(table, results, [](const FcLanesOperands& o, bool relu, float* dst) {
    const Values pairs = to_pairs(o.table, o.rows, o.s.ic);
    o.table.fc_pairs_sparse(o.s, PackedSparse(o.kept, o.table.lanes).view(), pairs.data(),
                            o.bias.data(), relu, dst);
  });
}

void rows_to_pairs(const Table& table, Results& results) {
  for (const std::int64_t images : {1, 5, 19, 40})
    for (const std::int64_t floats : {1, 3, 17}) {
      const Values rows = integers(images * floats, 1);
      Output pairs(static_cast<std::int64_t>(to_pairs(table, rows, floats).size()));
      table.rows_to_pairs(images, floats, rows.data(), pairs.data());
      results.note_overrun(pairs);
      results.add(from_pairs(table, pairs.span(), floats, images));
    }
}

void fc_lanes_backward_data(const Table& table, Results& results) {
  for (const FcLanesLayer& layer : kFcLanesLayers) {
    const FcLanesOperands o(table, layer);
    Output diff_src(o.s.rows * o.s.ic);
    table.fc_lanes_backward_data(o.s, o.diff_dst.data(), o.weights.data(), diff_src.data());
    add_blocks(table, diff_src, o.s.ic, results);
  }
}

/// What isn't kept is not written, and so still what Output holds.
void fc_lanes_backward_kept(const Table& table, Results& results) {
  for (const FcLanesLayer& layer : kFcLanesLayers) {
    const FcLanesOperands o(table, layer);
    Output diff_weights(o.s.oc * o.s.ic), diff_bias(o.s.oc);
    table.fc_lanes_backward_kept(o.s, {o.kept.row_ptr.data(), o.kept.col_idx.data()}, o.src.data(),
                                 o.diff_dst.data(), diff_weights.data(), diff_bias.data());
    results.add(diff_weights);
    results.add(diff_bias);
  }
}

}  // namespace

std::vector<Check> fc_lanes_checks() {
  return {{"fc_lanes_forward", fc_lanes_forward},
          {"fc_lanes_sparse", fc_lanes_sparse},
          {"rows_to_pairs", rows_to_pairs},
          {"fc_pairs_sparse", fc_pairs_sparse},
          {"fc_lanes_backward_data", fc_lanes_backward_data},
          {"fc_lanes_backward_kept", fc_lanes_backward_kept}};
}

}  // namespace karnin::self_test
