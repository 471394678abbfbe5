// A whole training step of the paper's network (load, forward, backward, optimizer, and the
// recorder where it is on) on synthetic images, by batch size, threads, and the share of fc1 and
// fc2 that a mask has pruned.
#include <benchmark/benchmark.h>

#include <numeric>

#include "runtime/core/counter_rng.h"
#include "runtime/graph/networks.h"
#include "train/loop/initialise.h"
#include "train/loop/trainer.h"
#include "train/masks/pruner.h"
#include "train/pruning/recorder.h"

namespace karnin {
namespace {

constexpr std::int64_t kImages = 2048;  // 6 MB: as in a real run, most are not in L2

ImageSet noise() {
  ImageSet images;
  images.extent = {3, 32, 32};
  CounterRng rng(1);
  images.pixels.resize(static_cast<std::size_t>(kImages * images.extent.size()));
  for (std::uint8_t& pixel : images.pixels) pixel = static_cast<std::uint8_t>(rng.below(256));
  images.labels.resize(static_cast<std::size_t>(kImages));
  for (std::uint8_t& label : images.labels) label = static_cast<std::uint8_t>(rng.below(10));
  return images;
}

PruneOptions pruned_at_random(std::int64_t percent) {
  PruneOptions options;
  options.method = PruneMethod::random;
  options.until = Sparsity{static_cast<double>(percent) / 100};
  return options;
}

void train_step(benchmark::State& state) {
  const std::int64_t batch = state.range(0);
  TrainOptions options;
  options.batch = batch;
  options.threads = static_cast<int>(state.range(1));
  const ImageSet images = noise();
  Model model = make_model(khanal2018());
  initialise(model, 1);
  if (state.range(3) > 0) prune(model, pruned_at_random(state.range(3)));
  Trainer trainer(model, images, options);
  SensitivityRecorder recorder;
  if (state.range(2) != 0) trainer.attach(recorder);

  std::vector<std::int64_t> order(static_cast<std::size_t>(kImages));
  std::iota(order.begin(), order.end(), std::int64_t{0});
  std::size_t first = 0;
  for (auto _ : state) {
    const auto count = static_cast<std::size_t>(batch);
    if (first + count > order.size()) first = 0;
    benchmark::DoNotOptimize(trainer.step(std::span(order).subspan(first, count)));
    first += count;
  }
  state.SetItemsProcessed(state.iterations() * batch);  // images
}

BENCHMARK(train_step)
    ->ArgNames({"batch", "threads", "recorder", "pruned"})
    ->ArgsProduct({{1, 4, 16, 32, 128, 512}, {1, 2}, {0, 1}, {0, 90, 95}})
    ->UseRealTime()
    ->MeasureProcessCPUTime()
    ->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace karnin
