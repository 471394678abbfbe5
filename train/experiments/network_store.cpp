#include "train/experiments/network_store.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "formats/data/digest.h"
#include "formats/io/atomic_file.h"
#include "formats/model/model_file.h"
#include "runtime/core/cpu_isa.h"
#include "runtime/core/error.h"

namespace karnin {
namespace {

using Json = nlohmann::ordered_json;

std::string digest_of(const ImageSet& images) {
  Digest digest(Digest::Algorithm::sha256);
  digest.update(images.labels);
  digest.update(images.pixels);
  return digest.finish();
}

Json to_json(const std::vector<LossPoint>& loss) {
  Json points = Json::array();
  for (const LossPoint& point : loss) points.push_back({point.images, point.loss});
  return points;
}

std::vector<LossPoint> loss_from(const Json& points) {
  std::vector<LossPoint> loss;
  for (const Json& point : points)
    loss.push_back({point.at(0).get<std::int64_t>(), point.at(1).get<double>()});
  return loss;
}

/// All that decides the weights, but the images.
Json to_json(const Recipe& recipe) {
  const TrainOptions& train = recipe.train;
  return {{"recipe", recipe.name},          {"epochs", train.epochs},
          {"batch", train.batch},           {"learning_rate", train.schedule.learning_rate},
          {"momentum", train.sgd.momentum}, {"seed", train.seed},
          {"isa", to_string(active_isa())}, {"version", KARNIN_VERSION}};
}

}  // namespace

NetworkStore::NetworkStore(std::filesystem::path directory, const Dataset& dataset)
    : directory_(std::move(directory)),
      data_(dataset.name),
      note_(dataset.note),
      digest_(digest_of(dataset.train)) {
  require_writable_directory(directory_);
}

std::filesystem::path NetworkStore::file(const Recipe& recipe) const {
  return directory_ / fmt::format("{}-{}.bin", recipe.name, recipe.train.seed);
}

std::optional<TrainedNetwork> NetworkStore::load(const Recipe& recipe) const {
  try {
    TrainedNetwork network{recipe, read_model(file(recipe)), {}};
    const Json provenance = Json::parse(network.model.provenance);
    const Json& entry = provenance.at("history").at(0);
    const Json expected = to_json(recipe);
    for (const auto& [key, value] : expected.items())
      if (entry.at(key) != value) return std::nullopt;
    if (network.model.graph != recipe.graph || entry.at("images_sha256") != digest_)
      return std::nullopt;
    network.loss = loss_from(provenance.at("loss"));
    return network;
  } catch (const FileError&) {
    return std::nullopt;
  } catch (const Json::exception&) {
    return std::nullopt;
  }
}

void NetworkStore::save(TrainedNetwork& network) const {
  Json entry{{"verb", "reproduce"}, {"data", data_}, {"note", note_}, {"images_sha256", digest_}};
  entry.update(to_json(network.recipe));
  const Json provenance{{"history", Json::array({entry})}, {"loss", to_json(network.loss)}};
  network.model.provenance = provenance.dump(-1, ' ', false, Json::error_handler_t::replace);
  write_model(file(network.recipe), network.model);
}

}  // namespace karnin
