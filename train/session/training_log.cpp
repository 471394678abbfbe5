#include "train/session/training_log.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <sstream>

#include "runtime/core/error.h"

namespace karnin {
namespace {

std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells;
  std::istringstream stream(line);
  for (std::string cell; std::getline(stream, cell, ',');) cells.push_back(cell);
  return cells;
}

void set(EpochRecord& epoch, const std::string& column, double value) {
  for (const LogColumn& known : kLogColumns)
    if (column == known.name) epoch.*(known.value) = value;
  for (const auto& [name, member] : kOptionalColumns)
    if (column == name) epoch.*member = value;
}

}  // namespace

std::string to_csv(const TrainingLog& log) {
  std::string text = "epoch";
  for (const LogColumn& column : kLogColumns)
    if (column.csv_format != nullptr) text += std::string(",") + column.name;
  for (const auto& [name, column] : kOptionalColumns)
    if (!log.empty() && log.front().*column) text += std::string(",") + name;
  text += "\n";
  for (const EpochRecord& epoch : log) {
    text += fmt::format("{}", epoch.epoch);
    for (const auto& [name, value, format] : kLogColumns) {
      if (format == nullptr) continue;
      text += ',';
      text += fmt::format(fmt::runtime(format), epoch.*value);
    }
    for (const auto& [name, column] : kOptionalColumns) {
      if (log.front().*column) text += ",";
      if (epoch.*column) text += fmt::format("{:.6f}", *(epoch.*column));
    }
    text += "\n";
  }
  return text;
}

nlohmann::ordered_json to_json(const TrainingLog& log) {
  nlohmann::ordered_json epochs = nlohmann::ordered_json::array();
  for (const EpochRecord& epoch : log) {
    nlohmann::ordered_json& json = epochs.emplace_back();
    json["epoch"] = epoch.epoch;
    for (const LogColumn& column : kLogColumns) json[column.name] = epoch.*(column.value);
    for (const auto& [name, column] : kOptionalColumns)
      if (epoch.*column) json[name] = *(epoch.*column);
  }
  return epochs;
}

TrainingLog log_from_csv(const std::string& text, const std::string& file) {
  std::istringstream lines(text);
  std::string line;
  std::getline(lines, line);
  const std::vector<std::string> columns = cells_of(line);
  TrainingLog log;
  while (std::getline(lines, line)) {
    const std::vector<std::string> cells = cells_of(line);
    EpochRecord& epoch = log.emplace_back();
    epoch.epoch = static_cast<std::int64_t>(log.size());
    for (std::size_t i = 0; i < std::min(cells.size(), columns.size()); ++i) {
      double value = 0;
      if (std::from_chars(cells[i].data(), cells[i].data() + cells[i].size(), value).ec !=
          std::errc())
        throw FileError(file, 0,
                        fmt::format("epoch {}: expected a number as {}, got '{}'", log.size(),
                                    columns[i], cells[i]));
      set(epoch, columns[i], value);
    }
  }
  return log;
}

}  // namespace karnin
