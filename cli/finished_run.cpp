#include "cli/finished_run.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <sstream>
#include <string>
#include <vector>

#include "cli/provenance.h"
#include "formats/io/atomic_file.h"
#include "formats/model/model_file.h"
#include "runtime/core/error.h"

namespace karnin::cli {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr std::uint64_t kMaxTextBytes = std::uint64_t{1} << 28;  // a million epochs take less

std::string text_of(const fs::path& file) {
  const std::vector<std::uint8_t> bytes = read_file(file, kMaxTextBytes);
  return {bytes.begin(), bytes.end()};
}

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

/// The inverse of to_csv(), but for what it rounds.
TrainingLog read_log(const fs::path& file) {
  std::istringstream lines(text_of(file));
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
        throw FileError(file.string(), 0,
                        fmt::format("epoch {}: expected a number as {}, got '{}'", log.size(),
                                    columns[i], cells[i]));
      set(epoch, columns[i], value);
    }
  }
  return log;
}

}  // namespace

Json saved_arguments(const fs::path& directory) {
  std::error_code error;
  const fs::path file = directory / kArgumentsFile;
  if (!fs::exists(file, error)) return Json::object();
  Json arguments = Json::parse(text_of(file), nullptr, false);
  return arguments.is_object() ? arguments : Json::object();
}

std::optional<FinishedRun> find_finished_run(const fs::path& directory) {
  std::error_code error;
  for (const char* name : {"model.bin", "pruned.bin", "train.csv"})
    if (!fs::exists(directory / name, error)) return std::nullopt;
  const Json arguments = saved_arguments(directory);
  if (!arguments.contains("finished") || arguments["finished"] != true) return std::nullopt;
  FinishedRun run{arguments.value("run", Json()).dump(), read_model(directory / "model.bin"),
                  read_model(directory / "pruned.bin"), read_log(directory / "train.csv")};
  const Json history = provenance(run.model)["history"];
  const Json last = history.empty() ? Json() : history.back();
  if (last.is_object() && last.contains("best_epoch") && last["best_epoch"].is_number_integer())
    run.best_epoch = last["best_epoch"].get<std::int64_t>();
  return run;
}

}  // namespace karnin::cli
