// Images of --calibrate, of which no label is looked at.
#pragma once

#include <cstdint>
#include <string>

#include "cli/options/pruning_options.h"
#include "formats/data/data_form.h"
#include "runtime/graph/model.h"
#include "train/session/prune_run.h"

namespace karnin::cli {

struct CalibrationOptions {
  std::string data;  ///< a data set, or a directory or file of images; empty: none is named
  std::int64_t images = 2048;
};

/// --calibrate and --images.
void add_calibration_options(Verb& verb, CalibrationOptions& options, const Pruned& pruned);

/// The training images of a data set, never those of its test; or what the directory or file holds.
/// Up to options.images of them, drawn by the seed, as the network takes them. Throws
/// DatasetMissingError, FileError, and ArgumentError where they don't fit.
CalibrationImages find_calibration_images(const ModelDescription& model,
                                          const CalibrationOptions& options, const DataForm& form,
                                          std::uint64_t seed);

}  // namespace karnin::cli
