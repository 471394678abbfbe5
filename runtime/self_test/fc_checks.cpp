// Fully connected layers with plain rows on both sides.
#include "runtime/core/sparse_matrix.h"
#include "runtime/kernels/fc_sparse.h"
#include "runtime/self_test/check.h"

namespace karnin::self_test {
namespace {

using kernels::FcShape;
using kernels::PackedSparse;
using kernels::Table;

/// One number; remainders of every tile; more inputs than a slice of a dense kernel, or a tile of a
/// sparse one, takes at once.
constexpr FcShape kFcShapes[] = {{1, 1, 1}, {3, 33, 17}, {19, 70, 37}, {2, 600, 9}};

struct FcOperands {
  explicit FcOperands(const FcShape& s)
      : src(integers(s.rows * s.ic, 1)),
        weights(integers(s.oc * s.ic, 2)),
        bias(integers(s.oc, 3)),
        diff_dst(integers(s.rows * s.oc, 4)),
        kept(SparseMatrix::from_dense(thinned(s.oc * s.ic, 5), s.oc, s.ic)) {}
  Values src, weights, bias, diff_dst;
  SparseMatrix kept;
};

void fc_forward(const Table& table, Results& results) {
  for (const FcShape& s : kFcShapes)
    for (const bool relu : {false, true}) {
      const FcOperands layer(s);
      Output dst(s.rows * s.oc);
      table.fc_forward(s, layer.src.data(), layer.weights.data(), layer.bias.data(), relu,
                       dst.data());
      results.add(dst);
    }
}

/// How weights are packed is between these two; what is packed wrong shows in what comes of it.
void fc_forward_packed(const Table& table, Results& results) {
  for (const FcShape& s : kFcShapes)
    for (const bool relu : {false, true}) {
      const FcOperands layer(s);
      Output packed(kRoom), dst(s.rows * s.oc);
      table.fc_pack(s.oc, s.ic, layer.weights.data(), packed.data());
      table.fc_forward_packed(s, layer.src.data(), packed.data(), layer.bias.data(), relu,
                              dst.data());
      results.note_overrun(packed);
      results.add(dst);
    }
}

/// By how much it is wrong.
void fc_packed_size(const Table& table, Results& results) {
  for (const FcShape& s : kFcShapes) {
    Output packed(kRoom);
    table.fc_pack(s.oc, s.ic, FcOperands(s).weights.data(), packed.data());
    const auto size = static_cast<std::int64_t>(table.fc_packed_size(s.oc, s.ic));
    results.add(static_cast<float>(packed.written() - size));
  }
}

void fc_backward_data(const Table& table, Results& results) {
  for (const FcShape& s : kFcShapes) {
    const FcOperands layer(s);
    Output diff_src(s.rows * s.ic);
    table.fc_backward_data(s, layer.diff_dst.data(), layer.weights.data(), diff_src.data());
    results.add(diff_src);
  }
}

void fc_backward_weights(const Table& table, Results& results) {
  for (const FcShape& s : kFcShapes) {
    const FcOperands layer(s);
    Output diff_weights(s.oc * s.ic), diff_bias(s.oc);
    table.fc_backward_weights(s, layer.src.data(), layer.diff_dst.data(), diff_weights.data(),
                              diff_bias.data());
    results.add(diff_weights);
    results.add(diff_bias);
  }
}

void fc_sparse_lanes(const Table& table, Results& results) {
  for (const FcShape& s : kFcShapes)
    for (const bool relu : {false, true}) {
      const FcOperands layer(s);
      Output dst(s.rows * s.oc), scratch(kRoom);
      table.fc_sparse_lanes(PackedSparse(layer.kept, table.lanes).view(), s.rows, layer.src.data(),
                            layer.bias.data(), relu, dst.data(), scratch.data());
      results.note_overrun(scratch);
      results.add(dst);
    }
}

/// How much more is written than it says.
void fc_sparse_scratch(const Table& table, Results& results) {
  for (const FcShape& s : kFcShapes) {
    const FcOperands layer(s);
    Output dst(s.rows * s.oc), scratch(kRoom);
    table.fc_sparse_lanes(PackedSparse(layer.kept, table.lanes).view(), s.rows, layer.src.data(),
                          layer.bias.data(), false, dst.data(), scratch.data());
    const auto size = static_cast<std::int64_t>(table.fc_sparse_scratch(s));
    results.add(static_cast<float>(std::max<std::int64_t>(scratch.written() - size, 0)));
  }
}

void fc_sparse_gather(const Table& table, Results& results) {
  for (const FcShape& s : kFcShapes)
    for (const bool relu : {false, true}) {
      const FcOperands layer(s);
      Output dst(s.rows * s.oc);
      table.fc_sparse_gather(PackedSparse(layer.kept, 1).view(), s.rows, layer.src.data(),
                             layer.bias.data(), relu, dst.data());
      results.add(dst);
    }
}

}  // namespace

std::vector<Check> fc_checks() {
  return {{"fc_forward", fc_forward},
          {"fc_forward_packed", fc_forward_packed},
          {"fc_packed_size", fc_packed_size},
          {"fc_pack", fc_forward_packed},
          {"fc_backward_data", fc_backward_data},
          {"fc_backward_weights", fc_backward_weights},
          {"fc_sparse_scratch", fc_sparse_scratch},
          {"fc_sparse_lanes", fc_sparse_lanes},
          {"fc_sparse_gather", fc_sparse_gather}};
}

}  // namespace karnin::self_test
