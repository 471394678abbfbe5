// In which values `prune` writes the kept weights: as asked for, or the smallest that keep the
// accuracy.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>

#include "formats/data/dataset.h"
#include "train/loop/trainer.h"
#include "train/session/watcher.h"
#include "train/values/quantise.h"

namespace karnin {

struct ValueOptions {
  QuantiseOptions quantise;
  std::optional<double> max_accuracy_drop;  ///< points; chooses `quantise`
  TrainOptions tuning;                      ///< of codebooks; no epochs: none
};

/// Whether they ask for something that training images decide.
bool needs_images(const ValueOptions& options);

/// What was chosen, and what training images said of it.
struct ValueReport {
  QuantiseOptions chosen;
  std::int64_t images = 0;  ///< 0: nothing was measured
  double accuracy_before = 0;
  double accuracy_after = 0;
  bool interrupted = false;  ///< before all was done
};

/// Rounds the model's weights, with an entry in its provenance. A maximum drop asks for the
/// smallest file that loses no more on a tenth of the training images, which hold_out() takes out
/// of `train` so that the tuning doesn't see them (the training of the model usually has); test
/// images decide nothing. An interruption ends the search with the weights as they were. `train`
/// may be null where needs_images() says no. Throws ArgumentError as quantise() does.
ValueReport quantise_and_note(Model& model, const ValueOptions& options, ImageSet* train,
                              const Watcher& watcher);

/// "values", and "entries" of a codebook.
nlohmann::ordered_json to_json(const QuantiseOptions& options);

}  // namespace karnin
