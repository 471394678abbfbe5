// Trained networks on disk, one file each, so that a run goes on from those that are done.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "formats/data/dataset.h"
#include "runtime/graph/model.h"
#include "train/experiments/recipe.h"

namespace karnin {

struct LossPoint {
  std::int64_t images = 0;  ///< seen so far, over all epochs
  double loss = 0;          ///< mean since the point before
};

struct TrainedNetwork {
  Recipe recipe;
  Model model;  ///< with sensitivities
  std::vector<LossPoint> loss;
};

class NetworkStore {
 public:
  /// Throws OutputError if the directory can't be written.
  NetworkStore(std::filesystem::path directory, const Dataset& dataset);

  /// What save() left for this recipe, trained on the same images by the same version and with the
  /// same instruction set; nothing if there is no such file, or an unsound one.
  std::optional<TrainedNetwork> load(const Recipe& recipe) const;

  /// A model file that every verb reads. Writes it at once or not at all. Throws OutputError.
  void save(TrainedNetwork& network) const;

 private:
  std::filesystem::path file(const Recipe& recipe) const;

  std::filesystem::path directory_;
  std::string data_;
  std::string note_;
  std::string digest_;  ///< of the training images
};

}  // namespace karnin
