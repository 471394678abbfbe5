#include "cli/verbs/prediction_report.h"

#include <fmt/core.h>

#include "formats/report/csv.h"

namespace karnin::cli {
namespace {

using Json = nlohmann::ordered_json;

std::string name_of(const PredictionReport& report, std::int64_t label) {
  return report.classes.empty() ? "" : report.classes[static_cast<std::size_t>(label)];
}

std::string class_csv(const PredictionReport& report) {
  Csv csv({"image", "rank", "class", "name", "probability"});
  for (std::size_t i = 0; i < report.images.names().size(); ++i) {
    int rank = 0;
    for (const auto& [label, probability] : top_classes(report.images.row(i), report.top))
      csv.add({report.images.names()[i], std::to_string(++rank), std::to_string(label),
               name_of(report, label), fmt::format("{:.6f}", probability)});
  }
  return csv.str();
}

std::string output_csv(const PredictionReport& report) {
  std::vector<std::string> cells{"image"};
  const auto& images = report.images;
  for (std::size_t k = 0; k < images.row_size(); ++k) cells.push_back(fmt::format("output{}", k));
  Csv csv(cells);
  for (std::size_t i = 0; i < images.names().size(); ++i) {
    cells = {images.names()[i]};
    for (const float value : images.row(i)) cells.push_back(fmt::format("{}", value));
    csv.add(cells);
  }
  return csv.str();
}

Json class_list(const PredictionReport& report, std::size_t image) {
  Json list = Json::array();
  for (const auto& [label, probability] : top_classes(report.images.row(image), report.top)) {
    Json entry{{"class", label}, {"name", name_of(report, label)}, {"probability", probability}};
    list.push_back(std::move(entry));
  }
  return list;
}

Json image_json(const PredictionReport& report, std::size_t image) {
  Json json{{"image", report.images.names()[image]}};
  if (report.top > 0)
    json["top"] = class_list(report, image);
  else if (report.out.empty())
    json["outputs"] = report.images.row(image);
  return json;
}

}  // namespace

std::string to_csv(const PredictionReport& report) {
  return report.top > 0 ? class_csv(report) : output_csv(report);
}

Json to_json(const PredictionReport& report) {
  Json json{{"images", Json::array()}, {"failed", Json::array()}};
  for (std::size_t i = 0; i < report.images.names().size(); ++i)
    json["images"].push_back(image_json(report, i));
  for (const auto& [file, problem] : report.images.failures())
    json["failed"].push_back({{"file", file}, {"problem", problem}});
  if (!report.out.empty()) json["file"] = report.out;
  return json;
}

}  // namespace karnin::cli
