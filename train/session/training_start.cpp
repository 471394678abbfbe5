#include "train/session/training_start.h"

#include <fmt/core.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "formats/data/digest.h"
#include "formats/data/fitting.h"
#include "formats/exchange/any_model.h"
#include "formats/io/file_status.h"
#include "formats/model/architecture_json.h"
#include "formats/model/model_file.h"
#include "runtime/core/error.h"
#include "train/loop/initialise.h"
#include "train/session/checkpointing.h"

namespace karnin {
namespace {

using Json = nlohmann::ordered_json;

std::string start_name(const std::string& file, const std::filesystem::path& out) {
  std::error_code error;
  for (const char* product : kProducts)
    if (std::filesystem::equivalent(file, out / product, error))
      return std::string(product) + " of --out";
  return file;
}

/// What stands for a file that has gone or was replaced.
struct SavedRun {
  const char* name;  ///< for messages
  const std::string& identity;
  const Model& model;
};

std::optional<SavedRun> saved_run(const FoundRun& found) {
  if (found.checkpoint)
    return SavedRun{"the checkpoint", found.checkpoint->run, found.checkpoint->model};
  if (found.over) return SavedRun{"the finished run", found.over->identity, found.over->model};
  return std::nullopt;
}

/// A text of the identity, or "".
std::string saved_text(const std::optional<SavedRun>& saved, const char* key) {
  const Json identity = saved ? Json::parse(saved->identity, nullptr, false) : Json();
  return identity.contains(key) && identity[key].is_string() ? identity[key].get<std::string>()
                                                             : "";
}

/// Floats go in as they are. Pixels that the network meets later are taken for what most of those
/// who make floats of pixels make of them: 0 to 1.
void take_as_shares(Preprocess& preprocess) {
  std::ranges::fill(preprocess.mean, 0.0F);
  std::ranges::fill(preprocess.std, 1.0F);
}

/// The network remembers how the files have the pixels.
void fit_files(Dataset& dataset, Graph& graph) {
  auto& input = std::get<Input>(graph.nodes.front().op);
  if (dataset.order == ArrayOrder::nhwc) input.order = PixelOrder::hwc;
  fit_to_network(dataset, input.extent, class_count(graph),
                 input.order == PixelOrder::hwc ? ArrayOrder::nhwc : ArrayOrder::nchw);
}

}  // namespace

FoundRun find_run(const std::filesystem::path& out) {
  FoundRun found{find_checkpoint(out / "checkpoint.bin"), std::nullopt};
  if (!found.checkpoint) found.over = find_finished_run(out);
  return found;
}

TrainingStart read_start(const std::string& file, const std::filesystem::path& out,
                         const FoundRun& found, const Watcher& watcher) {
  const std::optional<SavedRun> saved = saved_run(found);
  const std::string name = start_name(file, out), digest = saved_text(saved, "model_sha256");
  const bool replaced = name != file && name == saved_text(saved, "model");
  const bool gone = !is_there(file);
  if (digest.empty() || !(gone || replaced)) {
    Model model = read_any_model_or_checkpoint(file);
    std::string sha256 = karnin::sha256(encode_model(model));
    return {std::move(model), name, std::move(sha256)};
  }
  if (gone) watcher.tell(fmt::format("{} is not there: {} stands for it", file, saved->name));
  return {saved->model, name, digest};
}

TrainingStart fresh_start(const std::string& arch, Dataset& dataset, std::uint64_t seed) {
  const ImageFormat images{dataset.train.extent, dataset.plain_extent(),
                           static_cast<std::int64_t>(dataset.classes.size()), dataset.numbered};
  Model model = make_model(load_architecture(arch, images));
  fit_files(dataset, model.graph);
  if (dataset.train.holds_floats()) take_as_shares(model.preprocess);
  model.classes = dataset.classes;
  initialise(model, seed);
  return {std::move(model), arch, ""};
}

}  // namespace karnin
