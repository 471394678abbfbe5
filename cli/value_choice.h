// In which values `prune` writes the kept weights: as asked for, or the smallest that keep the
// accuracy.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "cli/interrupt.h"
#include "cli/value_options.h"
#include "formats/data/dataset.h"

namespace karnin::cli {

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
                              const Interrupt& interrupt);

nlohmann::ordered_json to_json(const ValueReport& report);
std::string describe(const ValueReport& report);  ///< a line, or nothing where nothing was measured

}  // namespace karnin::cli
