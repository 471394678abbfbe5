#include "train/session/calibrated_pruning.h"

#include <fmt/core.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "formats/io/printable.h"
#include "formats/report/quantity.h"
#include "runtime/engine/engine.h"
#include "runtime/engine/metrics.h"
#include "train/calibration/refit.h"
#include "train/calibration/surgeon_scores.h"
#include "train/session/accuracy_drop.h"
#include "train/session/classification.h"
#include "train/session/evaluation.h"
#include "train/session/provenance.h"
#include "train/session/pruning_record.h"

namespace karnin {
namespace {

/// 1/256 of the weights.
constexpr int kSteps = 8;

Calibration calibration(const ImageSet& images, const PruneOptions& options, int threads,
                        const Watcher& watcher, const char* verb) {
  Calibration by{.images = images, .threads = threads, .seed = options.seed, .progress = {}};
  by.progress = [&watcher, verb](double fraction, const std::string& layer) {
    watcher.report(fraction, [&] { return fmt::format("{} {}", verb, printable_line(layer)); });
  };
  return by;
}

}  // namespace

CalibratedPruning::CalibratedPruning(Model& model, const ImageSet& images,
                                     const PruneOptions& options, int threads, Watcher watcher)
    : model_(model),
      images_(images),
      options_(options),
      threads_(threads),
      watcher_(std::move(watcher)) {
  if (needs_inputs(options.method))
    add_surgeon_scores(model, options.layers,
                       calibration(images, options, threads, watcher_, "scoring"));
}

PruneReport CalibratedPruning::prune(const std::string& data) {
  const Model dense = model_;
  const PruneReport report = prune_and_note(model_, options_);
  refit(model_, dense, calibration(images_, options_, threads_, watcher_, "fitting"));
  nlohmann::ordered_json entry{
      {"verb", "calibrate"}, {"images", images_.size()}, {"seed", options_.seed}};
  if (!data.empty()) entry["data"] = data;
  append_provenance(model_, std::move(entry));
  return report;
}

Model CalibratedPruning::pruned(double sparsity) {
  options_.until = Sparsity{sparsity};
  Model model = model_;
  karnin::prune(model, options_);
  refit(model, model_,
        {.images = images_, .threads = threads_, .seed = options_.seed, .progress = {}});
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
