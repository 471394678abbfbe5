#include "cli/train_record.h"

#include "cli/pruning.h"
#include "formats/data/digest.h"
#include "formats/model/architecture_json.h"
#include "formats/model/model_file.h"

namespace karnin::cli {
namespace {

using Json = nlohmann::ordered_json;

std::span<const std::uint8_t> bytes_of(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// All options that decide the weights.
Json recipe(const TrainVerb& verb, const Model& model, const TrainOptions& options) {
  Json json = to_json(options);
  if (!verb.training.teacher.empty()) json["teacher"] = verb.training.teacher;
  if (verb.average != 0) json["average"] = verb.average;
  const auto [pruning, search, average] = rules(verb, model);
  if (pruning) json["pruning"] = to_json(*pruning);
  if (search) json["search"] = to_json(*search);
  if (verb.watch.validation != 0) json["validation"] = verb.watch.validation;
  if (verb.watch.held_out_gradients) json["held_out_gradients"] = true;
  if (verb.watch.early_stop != 0) json["early_stop"] = verb.watch.early_stop;
  return json;
}

}  // namespace

WeightRules rules(const TrainVerb& verb, const Model& model) {
  return {resolve(verb.pruning, model.graph), search_of(verb.pruning), verb.average};
}

Json identity(const TrainVerb& verb, const TrainRun& run, const TrainOptions& options) {
  Json json = run_identity(run.dataset);
  json.update(run.started_from);
  json["architecture_sha256"] = sha256(bytes_of(architecture_to_json(run.model.graph)));
  json.update(recipe(verb, run.model, options));
  if (options.teacher) json["teacher_sha256"] = sha256(encode_model(*options.teacher->model));
  return json;
}

Json history_entry(const TrainVerb& verb, const TrainRun& run, const TrainOptions& options) {
  Json entry{{"verb", "train"},
             {"data", run.dataset.name},
             {"note", run.dataset.note},
             {"images", run.dataset.train.size()}};
  entry.update(recipe(verb, run.model, options));
  if (run.best_epoch != 0) entry["best_epoch"] = run.best_epoch;
  if (run.interrupted) entry["interrupted_in_epoch"] = run.log.size();
  return entry;
}

Json arguments(const TrainVerb& verb, const TrainRun& run, const TrainOptions& options,
               const Json& identity) {
  Json json{{"verb", "train"}, {"version", KARNIN_VERSION}};
  json["data"] = run.dataset.directory.string();
  json[verb.model.empty() ? "arch" : "model"] = verb.model.empty() ? verb.arch : verb.model;
  json.update(recipe(verb, run.model, options));
  json["threads"] = options.threads;
  json["out"] = verb.out.string();
  json["finished"] = !run.interrupted;
  json["run"] = identity;
  return json;
}

}  // namespace karnin::cli
