// Images on their way through a network, those left out that cannot be read or that overflow.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "formats/data/data_form.h"
#include "train/session/prediction.h"
#include "train/session/watcher.h"

namespace karnin::cli {

class PredictedImages {
 public:
  /// A file or an image of one, and what is wrong with it.
  struct Failure {
    std::string file, problem;
  };

  /// `probabilities`: of classes, otherwise the network's own outputs. Keeps a reference to the
  /// predictor.
  PredictedImages(Predictor& predictor, const Graph& graph, const DataForm& form,
                  bool probabilities);

  /// All that these files and directories hold. What is unsound is told of, and passed over: a
  /// file, or an image whose answers aren't finite. Throws ArgumentError where the network takes no
  /// pictures.
  void add(const std::vector<std::string>& inputs, const Watcher& watcher);

  std::span<const std::string> names() const { return names_; }
  std::span<const float> values() const { return values_; }
  std::size_t row_size() const { return static_cast<std::size_t>(predictor_.output().size()); }
  /// Of one image.
  std::span<const float> row(std::size_t image) const {
    return values().subspan(image * row_size(), row_size());
  }
  std::span<const Failure> failures() const { return failures_; }

 private:
  void fail(const std::string& file, const std::string& problem);
  void add_file(const std::filesystem::path& file);
  void take(ImageSet set, const std::filesystem::path& file);
  void run_pending();
  void run(const ImageSet& set, const std::vector<std::string>& names);
  void run_alone(std::size_t image);

  Predictor& predictor_;
  Extent input_;
  ArrayOrder flat_;
  DataForm form_;
  bool probabilities_;
  ImageSet pending_;
  std::vector<std::string> pending_names_;
  std::vector<std::string> names_;
  std::vector<float> values_;
  std::vector<Failure> failures_;
};

}  // namespace karnin::cli
