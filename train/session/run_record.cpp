#include "train/session/run_record.h"

#include "formats/data/digest.h"
#include "formats/model/architecture_json.h"
#include "formats/model/model_file.h"
#include "train/session/identity.h"
#include "train/session/options_json.h"

namespace karnin {
namespace {

using Json = nlohmann::ordered_json;

std::span<const std::uint8_t> bytes_of(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// All options that decide the weights.
Json recipe(const RunOptions& options) {
  Json json = to_json(options.train);
  if (!options.teacher.empty()) json["teacher"] = options.teacher;
  const auto& [pruning, search, average] = options.rules;
  if (average != 0) json["average"] = average;
  if (pruning) json["pruning"] = to_json(*pruning);
  if (search) json["search"] = to_json(*search);
  if (options.watch.validation != 0) json["validation"] = options.watch.validation;
  if (options.watch.held_out_gradients) json["held_out_gradients"] = true;
  if (options.watch.early_stop != 0) json["early_stop"] = options.watch.early_stop;
  return json;
}

/// Fresh weights have no digest.
Json started_from(const TrainingStart& from) {
  if (from.sha256.empty()) return {{"arch", from.name}};
  return {{"model", from.name}, {"model_sha256", from.sha256}};
}

}  // namespace

Json identity_of(const RunOptions& options, const TrainingStart& from, const Dataset& dataset) {
  Json json = run_identity(dataset);
  json.update(started_from(from));
  json["architecture_sha256"] = sha256(bytes_of(architecture_to_json(from.model.graph)));
  if (const Preprocess& pixels = from.model.preprocess;
      pixels != make_model(from.model.graph).preprocess)
    json["pixels"] = {{"mean", pixels.mean}, {"std", pixels.std}};
  json.update(recipe(options));
  if (options.train.teacher)
    json["teacher_sha256"] = sha256(encode_model(*options.train.teacher->model));
  return json;
}

Json history_entry(const RunOptions& options, const Dataset& dataset) {
  Json entry{{"verb", "train"},
             {"data", dataset.name},
             {"note", dataset.note},
             {"images", dataset.train.size()}};
  entry.update(recipe(options));
  return entry;
}

Json arguments(const RunOptions& options, const Dataset& dataset) {
  Json json{{"verb", "train"}, {"version", KARNIN_VERSION}};
  json["data"] = dataset.directory.string();
  json[options.model.empty() ? "arch" : "model"] =
      options.model.empty() ? options.arch : options.model;
  json.update(recipe(options));
  json["threads"] = options.train.threads;
  json["out"] = options.out.string();
  return json;
}

}  // namespace karnin
