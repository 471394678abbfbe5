#include "formats/model/provenance.h"

#include <string_view>

namespace karnin {
namespace {

using History = nlohmann::ordered_json;

constexpr std::string_view kHistory = "history";

}  // namespace

History provenance(const ModelDescription& model) {
  History object = History::parse(model.provenance, nullptr, false);
  if (!object.is_object()) object = History::object();
  History& history = object[std::string(kHistory)];
  if (!history.is_array()) history = History::array();
  return object;
}

void append_provenance(ModelDescription& model, History entry) {
  History object = provenance(model);
  entry["version"] = KARNIN_VERSION;
  object[std::string(kHistory)].push_back(std::move(entry));
  model.provenance = object.dump(-1, ' ', false, History::error_handler_t::replace);
}

std::string trained_on(const ModelDescription& model) {
  const History object = provenance(model);
  std::string name;
  for (const History& entry : object[std::string(kHistory)])
    if (entry.is_object() && entry.contains("data") && entry["data"].is_string())
      name = entry["data"].get<std::string>();
  return name;
}

}  // namespace karnin
