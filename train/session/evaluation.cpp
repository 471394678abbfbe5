#include "train/session/evaluation.h"

#include <algorithm>
#include <chrono>
#include <numeric>
#include <vector>

#include "train/loop/augmentation.h"

namespace karnin {
namespace {

constexpr std::size_t kRuns = 5;
constexpr double kEnoughSeconds = 2.0;  // a slow machine is not kept for all five

void mirror(const Extent& extent, float* image) {
  for (std::int64_t row = 0; row < extent.c * extent.h; ++row)
    std::reverse(image + row * extent.w, image + (row + 1) * extent.w);
}

std::vector<float> mirrored_logits(Engine& engine, const ImageLoader& plain,
                                   const ImageSet& images) {
  return logits_of(engine, images.size(), [&](std::int64_t first, std::int64_t n, float* dst) {
    plain(first, n, dst);
    for (std::int64_t i = 0; i < n; ++i) mirror(images.extent, dst + i * images.extent.size());
  });
}

}  // namespace

ConfusionMatrix classify(const NetworkView& network, const ImageSet& images, int threads,
                         View view) {
  EngineOptions options;
  options.threads = threads;
  options.race = false;
  Engine engine(network, options);
  const ImageLoader loader = loader_of(network.description.preprocess, images);
  std::vector<float> logits = logits_of(engine, images.size(), loader);
  if (view == View::mirrored)
    std::ranges::transform(
        logits, mirrored_logits(engine, loader, images), logits.begin(),
        [](float a, float b) { return std::midpoint(a, b); });  // never overflows
  return confusion_of(logits, images, engine.classes());
}

double images_per_second(Engine& engine, const Preprocess& preprocess, const ImageSet& images) {
  using Clock = std::chrono::steady_clock;
  const ImageLoader loader = loader_of(preprocess, images);
  std::vector<double> seconds;
  double total = 0;
  while (seconds.empty() || (seconds.size() < kRuns && total < kEnoughSeconds)) {
    const Clock::time_point start = Clock::now();
    logits_of(engine, images.size(), loader);
    seconds.push_back(std::chrono::duration<double>(Clock::now() - start).count());
    total += seconds.back();
  }
  const auto middle = seconds.begin() + static_cast<std::ptrdiff_t>(seconds.size() / 2);
  std::ranges::nth_element(seconds, middle);
  return static_cast<double>(images.size()) / *middle;
}

}  // namespace karnin
