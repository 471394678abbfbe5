#include "train/calibration/fitted_pruning.h"

#include <utility>

#include "formats/model/provenance.h"
#include "train/calibration/refit.h"
#include "train/masks/pruning_note.h"

namespace karnin {

PruneReport prune_and_fit(Model& model, const PruneOptions& options, const Calibration& calibration,
                          const std::string& data) {
  const Model dense = model;
  const PruneReport report = prune_and_note(model, options);
  refit(model, dense, calibration);
  nlohmann::ordered_json entry{
      {"verb", "calibrate"}, {"images", calibration.images.count}, {"seed", calibration.seed}};
  if (!data.empty()) entry["data"] = data;
  append_provenance(model, std::move(entry));
  return report;
}

}  // namespace karnin
