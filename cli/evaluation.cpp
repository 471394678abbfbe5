#include "cli/evaluation.h"

#include <algorithm>
#include <chrono>
#include <numeric>
#include <vector>

#include "train/loop/augmentation.h"

namespace karnin::cli {
namespace {

constexpr std::size_t kRuns = 5;
constexpr double kEnoughSeconds = 2.0;  // a slow machine is not kept for all five

void mirror(const Extent& extent, float* image) {
  for (std::int64_t row = 0; row < extent.c * extent.h; ++row)
    std::reverse(image + row * extent.w, image + (row + 1) * extent.w);
}

std::vector<float> run_all(Engine& engine, const Preprocess& preprocess, const ImageSet& images,
                           bool mirrored = false) {
  const std::int64_t size = images.extent.size();
  const ImageLoader loader = [&](std::int64_t first, std::int64_t n, float* dst) {
    for (std::int64_t i = 0; i < n; ++i) {
      load_image(images.image(first + i), images.extent, preprocess, dst + i * size);
      if (mirrored) mirror(images.extent, dst + i * size);
    }
  };
  std::vector<float> logits(static_cast<std::size_t>(images.size() * engine.classes()));
  engine.run(images.size(), loader, logits);
  return logits;
}

}  // namespace

ConfusionMatrix classify(Engine& engine, const Preprocess& preprocess, const ImageSet& images) {
  ConfusionMatrix confusion(engine.classes());
  confusion.add(images.labels, predict(run_all(engine, preprocess, images), engine.classes()));
  return confusion;
}

ConfusionMatrix classify(const NetworkView& network, const ImageSet& images, int threads,
                         View view) {
  EngineOptions options;
  options.threads = threads;
  options.race = false;
  Engine engine(network, options);
  std::vector<float> logits = run_all(engine, network.description.preprocess, images);
  if (view == View::mirrored)
    std::ranges::transform(
        logits, run_all(engine, network.description.preprocess, images, true), logits.begin(),
        [](float a, float b) { return std::midpoint(a, b); });  // never overflows
  ConfusionMatrix confusion(engine.classes());
  confusion.add(images.labels, predict(logits, engine.classes()));
  return confusion;
}

double images_per_second(Engine& engine, const Preprocess& preprocess, const ImageSet& images) {
  using Clock = std::chrono::steady_clock;
  std::vector<double> seconds;
  double total = 0;
  while (seconds.empty() || (seconds.size() < kRuns && total < kEnoughSeconds)) {
    const Clock::time_point start = Clock::now();
    run_all(engine, preprocess, images);
    seconds.push_back(std::chrono::duration<double>(Clock::now() - start).count());
    total += seconds.back();
  }
  const auto middle = seconds.begin() + static_cast<std::ptrdiff_t>(seconds.size() / 2);
  std::ranges::nth_element(seconds, middle);
  return static_cast<double>(images.size()) / *middle;
}

}  // namespace karnin::cli
