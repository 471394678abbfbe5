// Fully connected layers on one core, for every shape in shapes/fc.txt and every instruction set
// of this CPU. Weights are hot: one layer runs again and again.
//   fc/<kernel>/<isa>/<in>x<out>/batch:<n>[/sparsity:<percent>]
// GFLOPS counts 2 operations a stored weight and image; dense_GFLOPS as if nothing were pruned.
#include <benchmark/benchmark.h>

#include <string>
#include <utility>

#include "bench/fc_layer.h"
#include "runtime/kernels/fc_sparse.h"
#include "runtime/kernels/kernels.h"

namespace karnin {
namespace {

using kernels::FcShape;
using kernels::Table;

constexpr std::int64_t kMostGathered = 4;  // images; beyond, the gather kernel is out of the race

/// The operands of a layer, and of its backward passes.
struct Layer : FcOperands {
  explicit Layer(const FcShape& s)
      : FcOperands(s), diff_src(src.size()), diff_weights(weights.size()), diff_bias(bias.size()) {}

  AlignedVector<float> diff_src, diff_weights, diff_bias;
};

void forward(benchmark::State& state, const Table& table, const FcShape& s) {
  Layer l(s);
  measure_fc(state, s, s.ic * s.oc, [&] {
    table.fc_forward(s, l.src.data(), l.weights.data(), l.bias.data(), true, l.dst.data());
  });
}

void forward_packed(benchmark::State& state, const Table& table, const FcShape& s) {
  Layer l(s);
  AlignedVector<float> packed(table.fc_packed_size(s.oc, s.ic));
  table.fc_pack(s.oc, s.ic, l.weights.data(), packed.data());
  measure_fc(state, s, s.ic * s.oc, [&] {
    table.fc_forward_packed(s, l.src.data(), packed.data(), l.bias.data(), true, l.dst.data());
  });
}

void backward_data(benchmark::State& state, const Table& table, const FcShape& s) {
  Layer l(s);
  measure_fc(state, s, s.ic * s.oc,
             [&] { table.fc_backward_data(s, l.dst.data(), l.weights.data(), l.diff_src.data()); });
}

void backward_weights(benchmark::State& state, const Table& table, const FcShape& s) {
  Layer l(s);
  measure_fc(state, s, s.ic * s.oc, [&] {
    table.fc_backward_weights(s, l.src.data(), l.dst.data(), l.diff_weights.data(),
                              l.diff_bias.data());
  });
}

void sparse_lanes(benchmark::State& state, const Table& table, const FcShape& s, int percent) {
  Layer l(s);
  const SparseMatrix matrix = l.pruned(percent);
  const kernels::PackedSparse packed(matrix, table.lanes);
  AlignedVector<float> scratch(table.fc_sparse_scratch(s));
  measure_fc(state, s, matrix.nnz(), [&] {
    table.fc_sparse_lanes(packed.view(), s.rows, l.src.data(), l.bias.data(), true, l.dst.data(),
                          scratch.data());
  });
}

void sparse_gather(benchmark::State& state, const Table& table, const FcShape& s, int percent) {
  Layer l(s);
  const SparseMatrix matrix = l.pruned(percent);
  const kernels::PackedSparse packed(matrix, 1);
  measure_fc(state, s, matrix.nnz(), [&] {
    table.fc_sparse_gather(packed.view(), s.rows, l.src.data(), l.bias.data(), true, l.dst.data());
  });
}

void register_shape(Isa isa, const FcShape& s) {
  const Table& table = kernels::table(isa);
  const auto name = [&](const char* kernel) {
    return "fc/" + std::string(kernel) + "/" + std::string(to_string(isa)) + "/" + fc_name(s);
  };
  using Dense = void (*)(benchmark::State&, const Table&, const FcShape&);
  const std::pair<const char*, Dense> dense[] = {{"packed", forward_packed},
                                                 {"forward", forward},
                                                 {"backward_data", backward_data},
                                                 {"backward_weights", backward_weights}};
  for (const auto& [kernel, run] : dense)
    benchmark::RegisterBenchmark(name(kernel).c_str(), run, table, s);
  for (const int percent : kSparsities) {
    const std::string suffix = "/sparsity:" + std::to_string(percent);
    benchmark::RegisterBenchmark((name("lanes") + suffix).c_str(), sparse_lanes, table, s, percent);
    if (s.rows <= kMostGathered)
      benchmark::RegisterBenchmark((name("gather") + suffix).c_str(), sparse_gather, table, s,
                                   percent);
  }
}

const bool kRegistered = [] {
  for (const FcShape& shape : read_fc_shapes())
    for (const Isa isa : supported_isas()) register_shape(isa, shape);
  return true;
}();

}  // namespace
}  // namespace karnin
