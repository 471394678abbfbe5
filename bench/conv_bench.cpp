// Convolution and pooling with images in the lanes, on one core, for every shape in
// shapes/conv.txt and every instruction set of this CPU: one block of images again and again.
//   conv/<kernel>/<isa>/<ic>x<ih>x<iw>/<oc>x<kh>x<kw>[/sparsity:<percent>]
// GFLOPS counts 2 operations a stored weight and output; items are images.
#include <benchmark/benchmark.h>

#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "bench/noise.h"
#include "runtime/core/counter_rng.h"
#include "runtime/kernels/conv_sparse.h"
#include "runtime/kernels/kernels.h"

namespace karnin {
namespace {

using kernels::ConvShape;
using kernels::Table;

constexpr int kSparsities[] = {30, 50, 70, 90};

/// Lines of "<ic>x<ih>x<iw> <oc> <kh>x<kw>", comments after '#'.
std::vector<ConvShape> read_shapes(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot read the shapes in " + path);
  std::vector<ConvShape> shapes;
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line.substr(0, line.find('#')));
    ConvShape s{};
    char times = 0;
    if (!(words >> s.ic >> times >> s.ih >> times >> s.iw >> s.oc >> s.kh >> times >> s.kw))
      continue;
    s.sh = s.sw = 1;
    s.oh = s.ih - s.kh + 1;
    s.ow = s.iw - s.kw + 1;
    shapes.push_back(s);
  }
  return shapes;
}

/// The operands of one block, and of its backward passes.
struct Block {
  Block(const Table& kernel_table, const ConvShape& s)
      : table(kernel_table),
        shape(s),
        taps(s.ic * s.kh * s.kw),
        src(noise(s.ic * s.ih * s.iw * table.lanes, 1)),
        weights(noise(s.oc * taps, 2)),
        bias(noise(s.oc, 3)),
        dst(noise(s.oc * s.oh * s.ow * table.lanes, 4)),
        diff_src(src.size()),
        sums(static_cast<std::size_t>((s.oc * taps + s.oc) * table.lanes)) {}

  const Table& table;
  ConvShape shape;
  std::int64_t taps;
  AlignedVector<float> src, weights, bias, dst, diff_src, sums;
};

/// Times run() and reports the rates of a convolution with `kept` weights.
template <typename Run>
void measure(benchmark::State& state, const Block& b, std::int64_t kept, const Run& run) {
  for (auto _ : state) {
    run();
    benchmark::ClobberMemory();
  }
  const std::int64_t outputs = b.shape.oh * b.shape.ow * b.table.lanes;
  state.counters["GFLOPS"] = benchmark::Counter(2e-9 * static_cast<double>(kept * outputs),
                                                benchmark::Counter::kIsIterationInvariantRate);
  state.SetItemsProcessed(state.iterations() * b.table.lanes);
}

void forward(benchmark::State& state, const Table& table, const ConvShape& s) {
  Block b(table, s);
  measure(state, b, s.oc * b.taps, [&] {
    table.conv_lanes_forward(s, b.src.data(), b.weights.data(), b.bias.data(), true, b.dst.data());
  });
}

void forward_pooled(benchmark::State& state, const Table& table, const ConvShape& s) {
  Block b(table, s);
  measure(state, b, s.oc * b.taps, [&] {
    table.conv_lanes_forward_pooled(s, b.src.data(), b.weights.data(), b.bias.data(), true,
                                    b.dst.data());
  });
}

void backward_data(benchmark::State& state, const Table& table, const ConvShape& s) {
  Block b(table, s);
  measure(state, b, s.oc * b.taps, [&] {
    table.conv_lanes_backward_data(s, b.dst.data(), b.weights.data(), b.diff_src.data());
  });
}

void backward_weights(benchmark::State& state, const Table& table, const ConvShape& s) {
  Block b(table, s);
  measure(state, b, s.oc * b.taps,
          [&] { table.conv_lanes_backward_weights(s, b.src.data(), b.dst.data(), b.sums.data()); });
}

void sparse_pooled(benchmark::State& state, const Table& table, const ConvShape& s, int percent) {
  Block b(table, s);
  CounterRng rng(5);
  std::int64_t kept = s.oc * b.taps;
  for (float& weight : b.weights)
    if (rng.below(100) < static_cast<std::uint64_t>(percent)) weight = 0, --kept;
  const kernels::PackedConv packed(s, b.weights, table.lanes);
  measure(state, b, kept, [&] {
    table.conv_lanes_sparse_pooled(s, packed.view(), b.src.data(), b.bias.data(), true,
                                   b.dst.data());
  });
}

/// The max pool behind it, 2x2, as training runs it.
void max_pool(benchmark::State& state, const Table& table, const ConvShape& s, bool backward) {
  Block b(table, s);
  const kernels::PoolShape pool{s.oc, s.oh, s.ow, s.oh / 2, s.ow / 2, 2, 2, 2, 2, 0, 0};
  AlignedVector<float> pooled(static_cast<std::size_t>(s.oc * pool.oh * pool.ow * table.lanes));
  AlignedVector<float> diff(b.dst.size());
  table.max_pool_lanes_forward(pool, b.dst.data(), pooled.data());
  measure(state, b, 0, [&] {
    if (backward)
      table.max_pool_lanes_backward(pool, b.dst.data(), pooled.data(), pooled.data(), diff.data());
    else
      table.max_pool_lanes_forward(pool, b.dst.data(), pooled.data());
  });
}

void register_shape(Isa isa, const ConvShape& s) {
  const Table& table = kernels::table(isa);
  const auto name = [&](const std::string& kernel) {
    return "conv/" + kernel + "/" + std::string(to_string(isa)) + "/" + std::to_string(s.ic) + "x" +
           std::to_string(s.ih) + "x" + std::to_string(s.iw) + "/" + std::to_string(s.oc) + "x" +
           std::to_string(s.kh) + "x" + std::to_string(s.kw);
  };
  using Dense = void (*)(benchmark::State&, const Table&, const ConvShape&);
  const std::pair<const char*, Dense> dense[] = {{"forward", forward},
                                                 {"pooled", forward_pooled},
                                                 {"backward_data", backward_data},
                                                 {"backward_weights", backward_weights}};
  for (const auto& [kernel, run] : dense)
    benchmark::RegisterBenchmark(name(kernel).c_str(), run, table, s);
  benchmark::RegisterBenchmark(name("max_pool").c_str(), max_pool, table, s, false);
  benchmark::RegisterBenchmark(name("max_pool_backward").c_str(), max_pool, table, s, true);
  for (const int percent : kSparsities)
    benchmark::RegisterBenchmark(
        (name("sparse_pooled") + "/sparsity:" + std::to_string(percent)).c_str(), sparse_pooled,
        table, s, percent);
}

const bool kRegistered = [] {
  for (const ConvShape& shape : read_shapes(KARNIN_BENCH_SHAPES "/conv.txt"))
    for (const Isa isa : supported_isas()) register_shape(isa, shape);
  return true;
}();

}  // namespace
}  // namespace karnin
