#include "train/experiments/sweep_record.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "formats/data/digest.h"
#include "formats/io/atomic_file.h"
#include "formats/model/model_file.h"
#include "runtime/core/cpu_isa.h"
#include "runtime/core/error.h"
#include "train/masks/pruning_note.h"
#include "train/pruning/gradient_scores.h"
#include "train/session/identity.h"
#include "train/session/options_json.h"

namespace karnin {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr std::uint64_t kMaxStateBytes = std::uint64_t{1} << 32;  // no limit but sanity

std::size_t found_in(const SweepOutcomes& outcomes) {
  return static_cast<std::size_t>(
      std::ranges::count_if(outcomes, [](const auto& outcome) { return outcome.has_value(); }));
}

Json outcome_json(const Outcome& outcome) {
  Json layers = Json::array();
  for (const PruneReport::LayerCount& layer : outcome.report.layers)
    layers.push_back({layer.layer, layer.weights, layer.removed, layer.pruned});
  return {{"layers", std::move(layers)}, {"confusion", outcome.confusion.counts()}};
}

Outcome outcome_from(const Json& json) {
  PruneReport report;
  for (const Json& layer : json.at("layers"))
    report.layers.push_back({layer.at(0), layer.at(1), layer.at(2), layer.at(3)});
  return {std::move(report),
          ConfusionMatrix(json.at("confusion").get<std::vector<std::int64_t>>())};
}

/// Each outcome at its point's place, null where it is missing.
void restore(SweepOutcomes& outcomes, const Json& json) {
  for (std::size_t i = 0; i < outcomes.size(); ++i)
    if (const Json& point = json.at(i); !point.is_null()) outcomes[i] = outcome_from(point);
}

/// Rows keep the name that the sweep's first command had for a model. What JSON can't hold of a
/// name is no difference.
void restore(std::string& model, const Json& saved) {
  if (text_of(model) != text_of(saved)) model = saved.get<std::string>();
}

}  // namespace

Json sweep_identity(const std::vector<Model>& models, const Dataset& dataset,
                    const SweepOptions& options, const SweepMeans& means) {
  const auto& [tuning, score_images] = means;
  Json json{{"version", KARNIN_VERSION}, {"isa", to_string(active_isa())}};
  for (const Model& model : models) json["models_sha256"].push_back(sha256(encode_model(model)));
  json["test_images_sha256"] = images_sha256(dataset.test);
  for (const PruneMethod method : options.methods) json["methods"].push_back(to_string(method));
  json[options.are_thresholds ? "thresholds" : "sparsities"] = options.values;
  json["normalise"] = to_string(options.prune.normalisation);
  json["sign"] = to_string(options.prune.sign);
  json["scope"] = to_string(options.prune.scope);
  json["layers"] = options.prune.layers;
  json["seed"] = options.prune.seed;
  const bool scores = std::ranges::any_of(options.methods, needs_gradients);
  if (scores) json["score_images"] = score_images;
  if (scores || tuning.epochs > 0) json["training_images_sha256"] = images_sha256(dataset.train);
  const Json fine_tune = tuning.epochs > 0 ? to_json(tuning) : Json::object();
  for (const auto& [key, value] : fine_tune.items()) json["fine_tune_" + key] = value;
  if (tuning.teacher) json["teacher_sha256"] = sha256(encode_model(*tuning.teacher->model));
  return json;
}

SweepRecord::SweepRecord(const fs::path& directory, Json identity, std::vector<std::string> models,
                         const SweepOptions& options, OutputFiles& files)
    : state_file_(directory / "sweep.json"),
      csv_file_(directory / "sweep.csv"),
      identity_(std::move(identity)),
      models_(std::move(models)),
      options_(options),
      files_(files),
      outcomes_(models_.size(), SweepOutcomes(points_of(options).size())) {}

bool SweepRecord::restore(const Watcher& watcher) {
  std::error_code error;
  if (!fs::exists(state_file_, error)) return false;
  const auto refuse = [&](const std::string& problem) {
    throw FileError(state_file_.string(), 0,
                    fmt::format("expected what a sweep has found, got {}: {}", problem, kWaysOut));
  };
  const Json json = Json::parse(read_file(state_file_, kMaxStateBytes), nullptr, false);
  if (!json.is_object() || !json.contains("run")) refuse("something else");
  require_same_run(json["run"].dump(), identity_, watcher);
  try {
    for (std::size_t m = 0; m < outcomes_.size(); ++m) {
      karnin::restore(outcomes_[m], json.at("found").at(m));
      karnin::restore(models_[m], json.value("models", Json(models_)).at(m));
    }
  } catch (const Json::exception& problem) {
    refuse(problem.what());
  } catch (const ArgumentError& problem) {
    refuse(problem.what());
  }
  return true;
}

std::size_t SweepRecord::found() const {
  std::size_t sum = 0;
  for (const SweepOutcomes& outcomes : outcomes_) sum += found_in(outcomes);
  return sum;
}

std::size_t SweepRecord::points() const {
  std::size_t sum = 0;
  for (const SweepOutcomes& outcomes : outcomes_) sum += outcomes.size();
  return sum;
}

std::vector<ModelSweep> SweepRecord::sweeps() const {
  std::vector<ModelSweep> all;
  for (std::size_t m = 0; m < outcomes_.size(); ++m)
    if (std::vector<Series> series = found_series(options_, outcomes_[m]); !series.empty())
      all.push_back({models_[m], std::move(series)});
  return all;
}

Json SweepRecord::to_json() const {
  Json found = Json::array();
  for (const SweepOutcomes& outcomes : outcomes_) {
    Json& points = found.emplace_back(Json::array());
    for (const std::optional<Outcome>& outcome : outcomes)
      points.push_back(outcome ? outcome_json(*outcome) : Json());
  }
  return Json{{"run", identity_}, {"models", models_}, {"found", std::move(found)}};
}

void SweepRecord::save() {
  if (found() == 0) return;
  files_.write(state_file_, text_of(to_json()) + "\n");
  files_.write(csv_file_, sweep_csv(sweeps(), options_));
  saved_ = std::chrono::steady_clock::now();
}

void SweepRecord::save_after(std::chrono::milliseconds pause) {
  if (std::chrono::steady_clock::now() - saved_ >= pause) save();
}

}  // namespace karnin
