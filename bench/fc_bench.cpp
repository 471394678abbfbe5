// Fully connected layers on one core, for every shape in shapes/fc.txt and every instruction set
// of this CPU. Weights are hot: one layer runs again and again.
//   fc/<kernel>/<isa>/<in>x<out>/batch:<n>[/sparsity:<percent>]
// GFLOPS counts 2 operations a stored weight and image; dense_GFLOPS as if nothing were pruned.
#include <benchmark/benchmark.h>

#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/noise.h"
#include "runtime/core/counter_rng.h"
#include "runtime/kernels/fc_sparse.h"
#include "runtime/kernels/kernels.h"

namespace karnin {
namespace {

using kernels::FcShape;
using kernels::Table;

constexpr int kSparsities[] = {50, 70, 80, 90, 95};
constexpr std::int64_t kMostGathered = 4;  // images; beyond, the gather kernel is out of the race

/// Lines of "<in>x<out> <batch> <batch> ...", comments after '#'.
std::vector<FcShape> read_shapes(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot read the shapes in " + path);
  std::vector<FcShape> shapes;
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line.substr(0, line.find('#')));
    FcShape shape{};
    char times = 0;
    if (!(words >> shape.ic >> times >> shape.oc)) continue;
    while (words >> shape.rows) shapes.push_back(shape);
  }
  return shapes;
}

/// The operands of a layer, and of its backward passes.
struct Layer {
  explicit Layer(const FcShape& s)
      : shape(s),
        src(noise(s.rows * s.ic, 1)),
        weights(noise(s.oc * s.ic, 2)),
        bias(noise(s.oc, 3)),
        dst(noise(s.rows * s.oc, 4)),
        diff_src(src.size()),
        diff_weights(weights.size()),
        diff_bias(bias.size()) {}

  FcShape shape;
  AlignedVector<float> src, weights, bias, dst, diff_src, diff_weights, diff_bias;
};

/// Times run() and reports the rates of a layer with `weights` stored weights.
template <typename Run>
void measure(benchmark::State& state, const FcShape& s, std::int64_t weights, const Run& run) {
  for (auto _ : state) {
    run();
    benchmark::ClobberMemory();
  }
  const auto rate = [](std::int64_t multiplications) {
    return benchmark::Counter(2e-9 * static_cast<double>(multiplications),
                              benchmark::Counter::kIsIterationInvariantRate);
  };
  state.counters["GFLOPS"] = rate(s.rows * weights);
  state.counters["dense_GFLOPS"] = rate(s.rows * s.ic * s.oc);
}

void forward(benchmark::State& state, const Table& table, const FcShape& s) {
  Layer l(s);
  measure(state, s, s.ic * s.oc, [&] {
    table.fc_forward(s, l.src.data(), l.weights.data(), l.bias.data(), true, l.dst.data());
  });
}

void forward_packed(benchmark::State& state, const Table& table, const FcShape& s) {
  Layer l(s);
  AlignedVector<float> packed(table.fc_packed_size(s.oc, s.ic));
  table.fc_pack(s.oc, s.ic, l.weights.data(), packed.data());
  measure(state, s, s.ic * s.oc, [&] {
    table.fc_forward_packed(s, l.src.data(), packed.data(), l.bias.data(), true, l.dst.data());
  });
}

void backward_data(benchmark::State& state, const Table& table, const FcShape& s) {
  Layer l(s);
  measure(state, s, s.ic * s.oc,
          [&] { table.fc_backward_data(s, l.dst.data(), l.weights.data(), l.diff_src.data()); });
}

void backward_weights(benchmark::State& state, const Table& table, const FcShape& s) {
  Layer l(s);
  measure(state, s, s.ic * s.oc, [&] {
    table.fc_backward_weights(s, l.src.data(), l.dst.data(), l.diff_weights.data(),
                              l.diff_bias.data());
  });
}

SparseMatrix pruned(const Layer& l, int percent) {
  CounterRng rng(5);
  std::vector<std::uint8_t> mask(l.weights.size());
  for (std::uint8_t& keep : mask) keep = rng.below(100) >= static_cast<std::uint64_t>(percent);
  return SparseMatrix::from_dense(l.weights, l.shape.oc, l.shape.ic, mask);
}

void sparse_lanes(benchmark::State& state, const Table& table, const FcShape& s, int percent) {
  Layer l(s);
  const SparseMatrix matrix = pruned(l, percent);
  const kernels::PackedSparse packed(matrix, table.lanes);
  AlignedVector<float> scratch(table.fc_sparse_scratch(s));
  measure(state, s, matrix.nnz(), [&] {
    table.fc_sparse_lanes(packed.view(), s.rows, l.src.data(), l.bias.data(), true, l.dst.data(),
                          scratch.data());
  });
}

void sparse_gather(benchmark::State& state, const Table& table, const FcShape& s, int percent) {
  Layer l(s);
  const SparseMatrix matrix = pruned(l, percent);
  const kernels::PackedSparse packed(matrix, 1);
  measure(state, s, matrix.nnz(), [&] {
    table.fc_sparse_gather(packed.view(), s.rows, l.src.data(), l.bias.data(), true, l.dst.data());
  });
}

void register_shape(Isa isa, const FcShape& s) {
  const Table& table = kernels::table(isa);
  const auto name = [&](const char* kernel) {
    return "fc/" + std::string(kernel) + "/" + std::string(to_string(isa)) + "/" +
           std::to_string(s.ic) + "x" + std::to_string(s.oc) + "/batch:" + std::to_string(s.rows);
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
  for (const FcShape& shape : read_shapes(KARNIN_BENCH_SHAPES "/fc.txt"))
    for (const Isa isa : supported_isas()) register_shape(isa, shape);
  return true;
}();

}  // namespace
}  // namespace karnin
