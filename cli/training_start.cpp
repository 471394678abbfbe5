#include "cli/training_start.h"

#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "cli/output.h"
#include "formats/data/digest.h"
#include "formats/io/file_status.h"
#include "formats/model/checkpoint_file.h"
#include "formats/model/model_file.h"

namespace karnin::cli {
namespace {

using Json = nlohmann::ordered_json;

std::string start_name(const std::string& file, const std::filesystem::path& out) {
  std::error_code error;
  for (const char* product : kProducts)
    if (std::filesystem::equivalent(file, out / product, error))
      return std::string(product) + " of --out";
  return file;
}

/// A text of the identity, or "".
std::string saved_text(const std::optional<SavedRun>& saved, const char* key) {
  const Json identity = saved ? Json::parse(saved->identity, nullptr, false) : Json();
  return identity.contains(key) && identity[key].is_string() ? identity[key].get<std::string>()
                                                             : "";
}

}  // namespace

TrainingStart read_start(const std::string& file, const std::filesystem::path& out,
                         const std::optional<SavedRun>& saved) {
  const std::string name = start_name(file, out), digest = saved_text(saved, "model_sha256");
  const bool replaced = name != file && name == saved_text(saved, "model");
  const bool gone = !is_there(file);
  if (digest.empty() || !(gone || replaced)) {
    Model model = read_model_or_checkpoint(file);
    std::string sha256 = karnin::sha256(encode_model(model));
    return {std::move(model), name, std::move(sha256)};
  }
  if (gone) tell(fmt::format("{} is not there: {} stands for it\n", file, saved->name));
  return {saved->model, name, digest};
}

}  // namespace karnin::cli
