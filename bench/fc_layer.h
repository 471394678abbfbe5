// What suites of fully connected layers share: the shapes, the operands, and how a run is timed.
#pragma once

#include <benchmark/benchmark.h>

#include <cmath>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/noise.h"
#include "runtime/core/counter_rng.h"
#include "runtime/core/sparse_matrix.h"
#include "runtime/kernels/kernels.h"

namespace karnin {

constexpr int kSparsities[] = {50, 70, 80, 90, 95};

/// Lines of "<in>x<out> <batch> <batch> ...", comments after '#'.
inline std::vector<kernels::FcShape> read_fc_shapes() {
  const std::string path = KARNIN_BENCH_SHAPES "/fc.txt";
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot read the shapes in " + path);
  std::vector<kernels::FcShape> shapes;
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line.substr(0, line.find('#')));
    kernels::FcShape shape{};
    char times = 0;
    if (!(words >> shape.ic >> times >> shape.oc)) continue;
    while (words >> shape.rows) shapes.push_back(shape);
  }
  return shapes;
}

/// "<in>x<out>/batch:<n>"
inline std::string fc_name(const kernels::FcShape& s) {
  return std::to_string(s.ic) + "x" + std::to_string(s.oc) + "/batch:" + std::to_string(s.rows);
}

struct FcOperands {
  explicit FcOperands(const kernels::FcShape& s)
      : shape(s),
        src(noise(s.rows * s.ic, 1)),
        weights(noise(s.oc * s.ic, 2)),
        bias(noise(s.oc, 3)),
        dst(noise(s.rows * s.oc, 4)) {}

  kernels::FcShape shape;
  AlignedVector<float> src, weights, bias, dst;

  /// The weights with about that share of them set to zero.
  AlignedVector<float> masked(int percent) const {
    CounterRng rng(5);
    AlignedVector<float> kept = weights;
    for (float& weight : kept)
      if (rng.below(100) < static_cast<std::uint64_t>(percent)) weight = 0.0F;
    return kept;
  }
  SparseMatrix pruned(int percent) const {
    return SparseMatrix::from_dense(masked(percent), shape.oc, shape.ic);
  }
};

/// Times run() and reports the rates of a layer with `weights` stored weights.
template <typename Run>
void measure_fc(benchmark::State& state, const kernels::FcShape& s, std::int64_t weights,
                const Run& run) {
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

/// Fails the benchmark unless dst is what these weights make of src: a peer must do the same work.
inline void check_fc(benchmark::State& state, const FcOperands& l,
                     const AlignedVector<float>& weights) {
  AlignedVector<float> expected(l.dst.size());
  kernels::active().fc_forward(l.shape, l.src.data(), weights.data(), l.bias.data(), true,
                               expected.data());
  // Numbers below 1 in size, rounded in another order.
  const float bound = 1e-6F * static_cast<float>(l.shape.ic);
  for (std::size_t i = 0; i < expected.size(); ++i)
    if (!(std::abs(l.dst[i] - expected[i]) <= bound)) state.SkipWithError("wrong result");
}

}  // namespace karnin
