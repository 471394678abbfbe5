// Pruning whose scores and kept weights come from images without labels; and how far it can go.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "formats/data/dataset.h"
#include "runtime/graph/model.h"
#include "train/masks/pruner.h"
#include "train/session/watcher.h"

namespace karnin {

/// Where such images come from.
struct CalibrationSource {
  std::optional<ImageSet> images = std::nullopt;  ///< none: the data set's for training
  std::string data;                               ///< the data set's name; empty: it has none
  std::int64_t count = 2048;                      ///< so many of them are drawn
};

/// `count` of these images, drawn by their numbers' hashes, in their order; all if there are fewer.
/// Their labels are 0.
ImageSet draw_images(const ImageSet& all, std::int64_t count, std::uint64_t seed);

/// What a search for a sparsity found.
struct SparsityReport {
  double sparsity = 0;
  std::int64_t images = 0;  ///< held out, by which it was judged
  double accuracy_before = 0;
  double accuracy_after = 0;
  bool interrupted = false;  ///< before all was tried
};

class CalibratedPruning {
 public:
  /// The dense model, and images that are drawn already; keeps references to both. Scores it where
  /// the method needs that. Throws as surgeon_scores() does.
  CalibratedPruning(Model& model, const ImageSet& images, const PruneOptions& options, int threads,
                    Watcher watcher);

  /// Prunes the model and fits what is left, with a note of both. Throws as prune() and refit() do.
  PruneReport prune(const std::string& data);

  /// In place of the options' sparsity: the largest, in steps of 1/256, that loses no more than
  /// `points` of accuracy on these images, as bisection finds it. It has the model as it was to
  /// fall back on.
  SparsityReport search(const ImageSet& judges, double points);

 private:
  Model pruned(double sparsity);

  Model& model_;
  const ImageSet& images_;
  PruneOptions options_;
  int threads_;
  Watcher watcher_;
};

/// The images as training images of a data set without any for test, whose labels are what the
/// network answers: accuracy then is agreement with it. Throws as classification does.
Dataset labelled_by(const Model& model, ImageSet images, int threads);

}  // namespace karnin
