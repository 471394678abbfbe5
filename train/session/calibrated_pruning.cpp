#include "train/session/calibrated_pruning.h"

#include <fmt/core.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "formats/io/printable.h"
#include "formats/report/quantity.h"
#include "runtime/core/counter_rng.h"
#include "runtime/engine/engine.h"
#include "runtime/engine/metrics.h"
#include "train/calibration/fitted_pruning.h"
#include "train/calibration/refit.h"
#include "train/calibration/surgeon_scores.h"
#include "train/session/accuracy_drop.h"
#include "train/session/classification.h"
#include "train/session/evaluation.h"

namespace karnin {
namespace {

/// 1/256 of the weights.
constexpr int kSteps = 8;

Calibration calibration(const Model& model, const ImageSet& images, const PruneOptions& options,
                        int threads) {
  return {.images = {images.size(), images.extent, loader_of(model.preprocess, images)},
          .threads = threads,
          .seed = options.seed,
          .progress = {}};
}

Calibration watched(Calibration by, const Watcher& watcher, const char* verb) {
  by.progress = [&watcher, verb](double fraction, const std::string& layer) {
    watcher.report(fraction, [&] { return fmt::format("{} {}", verb, printable_line(layer)); });
  };
  return by;
}

}  // namespace

ImageSet draw_images(const ImageSet& all, std::int64_t count, std::uint64_t seed) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(all.size()));
  std::iota(order.begin(), order.end(), std::int64_t{0});
  count = std::min(count, all.size());
  std::ranges::nth_element(order, order.begin() + count, {}, [&](std::int64_t image) {
    return hash(seed, static_cast<std::uint64_t>(image), 0);
  });
  order.resize(static_cast<std::size_t>(count));
  std::ranges::sort(order);
  ImageSet drawn{all.extent, {}, std::vector<std::uint8_t>(order.size())};
  for (const std::int64_t image : order) {
    if (all.holds_floats())
      drawn.values.insert(drawn.values.end(), all.floats(image).begin(), all.floats(image).end());
    else
      drawn.pixels.insert(drawn.pixels.end(), all.image(image).begin(), all.image(image).end());
  }
  return drawn;
}

CalibratedPruning::CalibratedPruning(Model& model, const ImageSet& images,
                                     const PruneOptions& options, int threads, Watcher watcher)
    : model_(model),
      images_(images),
      options_(options),
      threads_(threads),
      watcher_(std::move(watcher)) {
  if (needs_inputs(options.method))
    add_surgeon_scores(model, options.layers,
                       watched(calibration(model, images, options, threads), watcher_, "scoring"));
}

PruneReport CalibratedPruning::prune(const std::string& data) {
  return prune_and_fit(
      model_, options_,
      watched(calibration(model_, images_, options_, threads_), watcher_, "fitting"), data);
}

Model CalibratedPruning::pruned(double sparsity) {
  options_.until = Sparsity{sparsity};
  Model model = model_;
  karnin::prune(model, options_);
  refit(model, model_, calibration(model_, images_, options_, threads_));
  return model;
}

SparsityReport CalibratedPruning::search(const ImageSet& judges, double points) {
  const auto correct = [&](const Model& model) {
    return classify(model, judges, threads_).correct();
  };
  const auto share = [&](std::int64_t images) {
    return static_cast<double>(images) / static_cast<double>(judges.size());
  };
  const std::int64_t before = correct(model_), allowed = allowed_losses(points, judges.size());
  SparsityReport report{0, judges.size(), share(before), share(before), false};
  double beyond = 1;
  for (int step = 0; step < kSteps && !report.interrupted; ++step) {
    const double tried = (report.sparsity + beyond) / 2;
    watcher_.report(static_cast<double>(step) / kSteps,
                    [&] { return fmt::format("trying {}", percent(tried)); });
    const std::int64_t after = correct(pruned(tried));
    if (before - after <= allowed) {
      report.sparsity = tried;
      report.accuracy_after = share(after);
    } else {
      beyond = tried;
    }
    report.interrupted = watcher_.stopped();
  }
  options_.until = Sparsity{report.sparsity};
  return report;
}

Dataset labelled_by(const Model& model, ImageSet images, int threads) {
  const std::int64_t classes = class_count(model.graph);
  std::vector<float> logits(static_cast<std::size_t>(images.size() * classes));
  Engine engine(model, {.threads = threads, .race = false});
  engine.run(images.size(), loader_of(model.preprocess, images), logits);
  images.labels = predict(logits, classes);
  Dataset dataset;
  dataset.name = "agreement";
  dataset.test.extent = images.extent;
  dataset.train = std::move(images);
  return dataset;
}

}  // namespace karnin
