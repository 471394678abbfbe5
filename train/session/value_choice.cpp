#include "train/session/value_choice.h"

#include <algorithm>
#include <tuple>
#include <vector>

#include "formats/model/model_file.h"
#include "formats/model/provenance.h"
#include "train/loop/validation_split.h"
#include "train/session/accuracy_drop.h"
#include "train/session/epochs.h"
#include "train/session/evaluation.h"
#include "train/session/options_json.h"
#include "train/values/codebook_tuning.h"

namespace karnin {
namespace {

using Json = nlohmann::ordered_json;

struct Candidate {
  QuantiseOptions options;
  std::size_t bytes;
};

/// The epoch in which it was interrupted, or 0.
std::size_t round_weights(Model& model, const QuantiseOptions& options, const TrainOptions& tuning,
                          const ImageSet* train, const Watcher& watcher) {
  std::size_t interrupted_in = 0;
  if (options.kind == ValueKind::codebook && tuning.epochs > 0) {
    CodebookTuning codebooks(model, options.entries);
    Trainer trainer(model, *train, tuning);
    trainer.follow(codebooks);
    TrainingLog log;
    if (run_training(trainer, tuning.epochs, watcher, log)) interrupted_in = log.size();
  }
  quantise(model, options);
  return interrupted_in;
}

Candidate candidate(Model model, const QuantiseOptions& options) {
  model.sensitivities.clear();  // the same in all of them
  quantise(model, options);
  return {options, encode_model(model).size()};
}

/// Smallest file first; the weights as they are among them.
std::vector<Candidate> candidates(const Model& model) {
  std::vector<Candidate> all;
  for (const ValueKind kind : {ValueKind::f32, ValueKind::f16, ValueKind::bf16, ValueKind::int8})
    all.push_back(candidate(model, {kind}));
  for (const int entries : {4, 6, 8, 12, 16, 24, 32, 48, 64, 128, 256})
    all.push_back(candidate(model, {ValueKind::codebook, entries}));
  std::ranges::sort(all, {}, [](const Candidate& c) {
    return std::tuple(c.bytes, c.options.kind, c.options.entries);
  });
  return all;
}

/// Rounds the model to the first candidate that is good enough; the weights as they are would be.
ValueReport choose(Model& model, const ValueOptions& options, ImageSet& train,
                   const Watcher& watcher) {
  const TrainOptions& tuning = options.tuning;
  const ImageSet images = hold_out(train, kHeldBackShare, tuning.seed);
  const auto count = static_cast<double>(images.size());
  const auto correct = [&](const Model& m) {
    return classify(m, images, tuning.threads).correct();
  };
  const auto allowed = allowed_losses(*options.max_accuracy_drop, images.size());
  const std::int64_t before = correct(model);
  const double accuracy = static_cast<double>(before) / count;
  ValueReport report{{}, images.size(), accuracy, accuracy, false};
  for (const Candidate& candidate : candidates(model)) {
    Model rounded = model;
    round_weights(rounded, candidate.options, tuning, &train, watcher);
    report.interrupted = watcher.stopped();
    if (report.interrupted) break;
    const std::int64_t after = correct(rounded);
    if (before - after > allowed) continue;
    model = std::move(rounded);
    report.chosen = candidate.options;
    report.accuracy_after = static_cast<double>(after) / count;
    break;
  }
  return report;
}

}  // namespace

bool needs_images(const ValueOptions& options) {
  return options.max_accuracy_drop || options.tuning.epochs > 0;
}

Json to_json(const QuantiseOptions& options) {
  Json json{{"values", to_string(options.kind)}};
  if (options.kind == ValueKind::codebook) json["entries"] = options.entries;
  return json;
}

ValueReport quantise_and_note(Model& model, const ValueOptions& options, ImageSet* train,
                              const Watcher& watcher) {
  ValueReport report{.chosen = options.quantise};
  const TrainOptions& tuning = options.tuning;
  std::size_t interrupted_in = 0;
  if (options.max_accuracy_drop)
    report = choose(model, options, *train, watcher);
  else
    interrupted_in = round_weights(model, report.chosen, tuning, train, watcher);
  if (interrupted_in != 0) report.interrupted = true;
  if (report.chosen.kind == ValueKind::f32) return report;
  Json entry{{"verb", "values"}};
  entry.update(to_json(report.chosen));
  if (report.chosen.kind == ValueKind::codebook && tuning.epochs > 0)
    entry["tuning"] = to_json(tuning);
  if (report.interrupted) entry["tuning"]["interrupted_in_epoch"] = interrupted_in;
  append_provenance(model, std::move(entry));
  return report;
}

}  // namespace karnin
