#include "train/session/finished_run.h"

#include <string>
#include <vector>

#include "formats/io/atomic_file.h"
#include "formats/model/model_file.h"
#include "formats/model/provenance.h"

namespace karnin {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr std::uint64_t kMaxTextBytes = std::uint64_t{1} << 28;  // a million epochs take less

std::string file_text(const fs::path& file) {
  const std::vector<std::uint8_t> bytes = read_file(file, kMaxTextBytes);
  return {bytes.begin(), bytes.end()};
}

TrainingLog log_of(const fs::path& file) { return log_from_csv(file_text(file), file.string()); }

}  // namespace

Json saved_arguments(const fs::path& directory) {
  std::error_code error;
  const fs::path file = directory / kArgumentsFile;
  if (!fs::exists(file, error)) return Json::object();
  Json arguments = Json::parse(file_text(file), nullptr, false);
  return arguments.is_object() ? arguments : Json::object();
}

std::optional<FinishedRun> find_finished_run(const fs::path& directory) {
  std::error_code error;
  for (const char* name : {"model.bin", "pruned.bin", "train.csv"})
    if (!fs::exists(directory / name, error)) return std::nullopt;
  const Json arguments = saved_arguments(directory);
  if (!arguments.contains("finished") || arguments["finished"] != true) return std::nullopt;
  FinishedRun run{arguments.value("run", Json()).dump(), read_model(directory / "model.bin"),
                  read_model(directory / "pruned.bin"), log_of(directory / "train.csv")};
  const Json history = provenance(run.model)["history"];
  const Json last = history.empty() ? Json() : history.back();
  if (last.is_object() && last.contains("best_epoch") && last["best_epoch"].is_number_integer())
    run.best_epoch = last["best_epoch"].get<std::int64_t>();
  return run;
}

}  // namespace karnin
