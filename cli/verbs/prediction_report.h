// What `predict` says of images.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/verbs/predicted_images.h"

namespace karnin::cli {

struct PredictionReport {
  const PredictedImages& images;
  const std::vector<std::string>& classes;  ///< names; empty: there are none
  std::int64_t top = 0;                     ///< how many of them; 0: outputs, and no classes
  std::string out;                          ///< the file that has the outputs; empty: none
};

/// image,rank,class,name,probability, or image and all outputs.
std::string to_csv(const PredictionReport& report);

/// `images`, each with its `image` and the `top` classes or, unless a file has them, `outputs`; the
/// `file`, if there is one; what `failed`.
nlohmann::ordered_json to_json(const PredictionReport& report);

}  // namespace karnin::cli
