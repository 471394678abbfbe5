// Eigen: compressed rows times a dense matrix, bias and ReLU in a second pass. One thread.
//   peer/eigen/<in>x<out>/batch:<n>/sparsity:<percent>
#include <Eigen/SparseCore>

#include "bench/fc_layer.h"

namespace karnin {
namespace {

using kernels::FcShape;

void run(benchmark::State& state, const FcShape& s, int percent) {
  FcOperands l(s);
  const SparseMatrix kept = l.pruned(percent);
  std::vector<Eigen::Triplet<float>> entries;
  for (std::int64_t row = 0; row < s.oc; ++row)
    for (auto i = kept.row_ptr[static_cast<std::size_t>(row)];
         i < kept.row_ptr[static_cast<std::size_t>(row) + 1]; ++i)
      entries.emplace_back(static_cast<int>(row), static_cast<int>(kept.col_idx[i]),
                           kept.values[i]);
  Eigen::SparseMatrix<float, Eigen::RowMajor> weights(s.oc, s.ic);
  weights.setFromTriplets(entries.begin(), entries.end());
  // Images side by side, as here: four times as fast as with one of them after the other.
  using Lanes = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const Eigen::Map<const Eigen::MatrixXf> src(l.src.data(), s.ic, s.rows);
  const Eigen::Map<const Eigen::VectorXf> bias(l.bias.data(), s.oc);
  Eigen::Map<Eigen::MatrixXf> dst(l.dst.data(), s.oc, s.rows);
  Lanes src_lanes(s.ic, s.rows), dst_lanes(s.oc, s.rows);
  measure_fc(state, s, kept.nnz(), [&] {
    src_lanes = src;
    dst_lanes.noalias() = weights * src_lanes;
    dst = (dst_lanes.colwise() + bias).cwiseMax(0.0F);
  });
  check_fc(state, l, l.masked(percent));
}

const bool kRegistered = [] {
  for (const FcShape& shape : read_fc_shapes())
    for (const int percent : kSparsities)
      benchmark::RegisterBenchmark(
          ("peer/eigen/" + fc_name(shape) + "/sparsity:" + std::to_string(percent)).c_str(), run,
          shape, percent);
  return true;
}();

}  // namespace
}  // namespace karnin
