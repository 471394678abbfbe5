#include "formats/model/storable.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "formats/io/json_text.h"

namespace karnin {
namespace {

void require(bool holds, const std::string& problem) {
  if (!holds) throw ArgumentError("model: " + problem);
}

void require_name(std::string_view name, std::string_view what) {
  require(is_storable_name(name),
          fmt::format("{}: expected at most {} bytes without control characters, got {} bytes",
                      what, kMaxNameBytes, name.size()));
}

void require_finite(std::span<const float> values, const std::string& what) {
  bool all = true;  // without a way out of the loop, which takes many values at once
  for (const float value : values) all &= std::isfinite(value);
  if (all) return;
  const auto bad = std::ranges::find_if_not(values, [](float x) { return std::isfinite(x); });
  throw ArgumentError(fmt::format("model: '{}': expected finite values, got {} at index {}", what,
                                  *bad, bad - values.begin()));
}

void require_names(const ModelDescription& model) {
  require_name(model.graph.name, "name of the architecture");
  for (const Node& node : model.graph.nodes) require_name(node.name, "name of a layer");
  for (const std::string& name : model.classes) require_name(name, "name of a class");
}

void require_provenance(const std::string& provenance) {
  if (!provenance.empty())
    require(parse_json(provenance, "provenance").is_object(), "provenance: expected a JSON object");
}

}  // namespace

bool is_storable_name(std::string_view name) {
  return name.size() <= kMaxNameBytes &&
         std::ranges::none_of(name, [](unsigned char c) { return c < 0x20 || c == 0x7F; });
}

void require_storable(std::span<const Sensitivity> sensitivities) {
  require(sensitivities.size() <= kMaxSensitivities,
          fmt::format("expected at most {} sensitivities, got {}", kMaxSensitivities,
                      sensitivities.size()));
  std::set<std::string_view> methods;
  for (const Sensitivity& sensitivity : sensitivities) {
    require_name(sensitivity.method, "method of a sensitivity");
    require(!sensitivity.method.empty() && methods.insert(sensitivity.method).second,
            "the methods of the sensitivities must be unique and not empty");
    for (const Tensor& values : sensitivity.values)
      require_finite(values.span(), sensitivity.method);
  }
}

void require_storable(const ModelDescription& description) {
  require_names(description);
  try {
    require_provenance(description.provenance);
  } catch (const FileError& error) {
    throw ArgumentError(error.what());
  }
}

void require_storable(const Model& model) {
  validate(model);
  for (const Parameter& parameter : model.parameters)
    require_finite(parameter.value.span(), parameter.name);
  require_storable(model.sensitivities);
  require_storable(static_cast<const ModelDescription&>(model));
}

}  // namespace karnin
