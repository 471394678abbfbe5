#include "cli/verbs/prune_report.h"

#include <fmt/core.h>

#include <algorithm>

#include "cli/console/table.h"
#include "formats/io/printable.h"
#include "formats/report/quantity.h"

namespace karnin::cli {
namespace {

using Json = nlohmann::ordered_json;

Json value_json(const ValueReport& report) {
  Json json = to_json(report.chosen);
  if (report.images == 0) return json;
  json["held_back_images"] = report.images;
  json["held_back_accuracy_f32"] = report.accuracy_before;
  json["held_back_accuracy"] = report.accuracy_after;
  return json;
}

/// A line, or nothing where nothing was measured.
std::string describe(const ValueReport& report) {
  if (report.images == 0) return "";
  const bool codebook = report.chosen.kind == ValueKind::codebook;
  return fmt::format(
      "values {}{}: accuracy {} -> {} on {} training images\n", to_string(report.chosen.kind),
      codebook ? fmt::format(" of {}", report.chosen.entries) : "", percent(report.accuracy_before),
      percent(report.accuracy_after), count(report.images));
}

Json search_json(const SparsityReport& report) {
  return {{"sparsity", report.sparsity},
          {"held_back_images", report.images},
          {"held_back_accuracy_before", report.accuracy_before},
          {"held_back_accuracy", report.accuracy_after}};
}

std::string describe(const SparsityReport& report) {
  return fmt::format("{} removed: accuracy {} -> {} on {} images held out\n",
                     percent(report.sparsity), percent(report.accuracy_before),
                     percent(report.accuracy_after), count(report.images));
}

Json shrink_json(const ShrinkReport& report) {
  Json layers = Json::array();
  for (const ShrinkReport::LayerCount& layer : report.layers)
    layers.push_back({{"name", layer.layer},
                      {"units", layer.units},
                      {"constant", layer.constant},
                      {"unused", layer.unused}});
  return layers;
}

std::string describe(const ShrinkReport& report) {
  std::string text;
  for (const auto& [layer, units, constant, unused] : report.layers)
    if (constant + unused > 0)
      text += fmt::format("{}: {} -> {} units; without inputs {}, without outputs {}\n", layer,
                          units, units - constant - unused, constant, unused);
  return text.empty() ? "no unit lost all its inputs or outputs\n" : text;
}

double pruned_share(const PruneReport::LayerCount& layer) {
  return layer.weights == 0
             ? 0
             : static_cast<double>(layer.pruned) / static_cast<double>(layer.weights);
}

/// What this call removed, and what is pruned now.
std::string describe(const PruneReport& report) {
  Table table("lrrrr");
  table.add({"layer", "weights", "removed", "pruned", "share"});
  const auto add = [&](const PruneReport::LayerCount& layer) {
    table.add({layer.layer, count(layer.weights), count(layer.removed), count(layer.pruned),
               percent(pruned_share(layer))});
  };
  std::ranges::for_each(report.layers, add);
  add(total(report));
  std::string text = table.str();
  for (const PruneReport::LayerCount& layer : report.others)
    text += fmt::format("{}: {} of {} weights ({}) were pruned before\n", layer.layer,
                        count(layer.pruned), count(layer.weights), percent(pruned_share(layer)));
  return text;
}

}  // namespace

Json to_json(const std::vector<PruneReport::LayerCount>& layers) {
  Json json = Json::array();
  for (const PruneReport::LayerCount& layer : layers)
    json.push_back({{"name", layer.layer},
                    {"weights", layer.weights},
                    {"removed", layer.removed},
                    {"pruned", layer.pruned}});
  return json;
}

Json result_json(const PruneResult& result) {
  Json json{{"file", result.out.string()},
            {"layers", to_json(result.report.layers)},
            {"other_layers", to_json(result.report.others)},
            {"calibration_images", result.calibration_images},
            {"values", value_json(result.values)},
            {"file_bytes_before", result.bytes_before},
            {"file_bytes", result.bytes_after},
            {"interrupted", result.interrupted}};
  json["search"] = result.found ? search_json(*result.found) : Json();
  json["shrunk"] = result.shrunk ? shrink_json(*result.shrunk) : Json();
  json["accuracy"] = result.accuracy ? Json(*result.accuracy) : Json();
  return json;
}

std::string prune_text(const PruneResult& result) {
  std::string text = describe(result.report);
  if (result.calibration_images > 0)
    text += fmt::format("kept weights fitted to the network as it was, by {} images\n",
                        count(result.calibration_images));
  if (result.found) text += describe(*result.found);
  text +=
      fmt::format("{} ({}) -> {} ({})\n", printable_line(result.model), bytes(result.bytes_before),
                  printable_line(result.out.string()), bytes(result.bytes_after));
  if (result.shrunk) text += describe(*result.shrunk);
  text += describe(result.values);
  if (result.accuracy)
    text += fmt::format("test accuracy {} on {}\n", percent(*result.accuracy), result.data);
  return text;
}

}  // namespace karnin::cli
