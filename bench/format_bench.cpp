// A model file in memory, read into the form that sparse layers run, and written: megabytes a
// second of the weights as plain f32.
#include <benchmark/benchmark.h>

#include "formats/model/model_file.h"
#include "runtime/core/counter_rng.h"
#include "runtime/core/sparse_matrix.h"
#include "runtime/kernels/fc_sparse.h"
#include "train/values/quantise.h"

namespace karnin {
namespace {

/// One fully connected layer of about normal weights, most of them pruned at random.
Model sparse_model(std::int64_t oc, std::int64_t ic, double sparsity, ValueKind values) {
  Model model = make_model(make_chain("bench", {1, 1, ic}, {{"fc", FullyConnected{oc}}}));
  CounterRng rng(1);
  Parameter& weights = model.parameters.front();
  for (float& weight : weights.value.span()) {
    weights.mask.push_back(rng.uniform() < sparsity ? 0 : 1);
    double sum = -2;  // of four uniform numbers: near enough to a normal one
    for (int i = 0; i < 4; ++i) sum += rng.uniform();
    weight = weights.mask.back() == 0 ? 0.0F : static_cast<float>(0.1 * sum);
  }
  quantise(model, {values});
  return model;
}

Model model_of(const benchmark::State& state) {
  return sparse_model(state.range(0), state.range(1), static_cast<double>(state.range(2)) / 100,
                      state.range(3) == 0 ? ValueKind::f32 : ValueKind::codebook);
}

kernels::PackedSparse packed(const WeightsView& weights) {
  const std::int64_t lanes = kernels::active().lanes;
  if (weights.sparse != nullptr) return {*weights.sparse, lanes};
  const std::span all(weights.plain, static_cast<std::size_t>(weights.size()));
  return {SparseMatrix::from_dense(all, weights.dims[0], weights.dims[1]), lanes};
}

void decode(benchmark::State& state) {
  const Model model = model_of(state);
  const std::vector<std::uint8_t> bytes = encode_model(model);
  for (auto _ : state) {
    const CompactModel decoded = decode_compact_model(bytes, "bench");
    benchmark::DoNotOptimize(packed(view_of(decoded.parameters.front())));
  }
  state.SetBytesProcessed(state.iterations() * dense_bytes(model));
  state.counters["file_bytes"] = static_cast<double>(bytes.size());
}

void encode(benchmark::State& state) {
  const Model model = model_of(state);
  for (auto _ : state) benchmark::DoNotOptimize(encode_model(model));
  state.SetBytesProcessed(state.iterations() * dense_bytes(model));
}

void shapes(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"oc", "ic", "sparsity", "codebook"})
      ->ArgsProduct({{120}, {400}, {50, 90, 98}, {0, 1}})
      ->ArgsProduct({{1024}, {1024}, {50, 90, 98}, {0, 1}})
      ->Unit(benchmark::kMillisecond);
}

BENCHMARK(decode)->Apply(shapes);
BENCHMARK(encode)->Apply(shapes);

}  // namespace
}  // namespace karnin
