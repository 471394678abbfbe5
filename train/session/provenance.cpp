#include "train/session/provenance.h"

#include <string_view>

namespace karnin {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kHistory = "history";

}  // namespace

Json provenance(const ModelDescription& model) {
  Json object = Json::parse(model.provenance, nullptr, false);
  if (!object.is_object()) object = Json::object();
  Json& history = object[std::string(kHistory)];
  if (!history.is_array()) history = Json::array();
  return object;
}

void append_provenance(ModelDescription& model, Json entry) {
  Json object = provenance(model);
  entry["version"] = KARNIN_VERSION;
  object[std::string(kHistory)].push_back(std::move(entry));
  model.provenance = object.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string trained_on(const ModelDescription& model) {
  const Json object = provenance(model);
  std::string name;
  for (const Json& entry : object[std::string(kHistory)])
    if (entry.is_object() && entry.contains("data") && entry["data"].is_string())
      name = entry["data"].get<std::string>();
  return name;
}

}  // namespace karnin
