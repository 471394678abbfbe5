// Images of --calibrate, of which no label is looked at.
#pragma once

#include <cstdint>
#include <string>

#include "cli/options/pruning_options.h"
#include "formats/data/data_form.h"
#include "runtime/graph/model.h"
#include "train/session/calibrated_pruning.h"

namespace karnin::cli {

struct CalibrationOptions {
  std::string data;  ///< a data set, or a directory or file of images; empty: none is named
  std::int64_t images = 2048;
};

/// --calibrate and --images.
void add_calibration_options(Verb& verb, CalibrationOptions& options, const Pruned& pruned);

/// The training images of a data set, never those of its test; or what the directory or file holds.
/// All of a data set; of pictures up to twice as many as are asked for, drawn by the seed. Throws
/// DatasetMissingError, FileError, and ArgumentError where the network takes others.
CalibrationSource find_calibration_images(const ModelDescription& model,
                                          const CalibrationOptions& options, const DataForm& form,
                                          std::uint64_t seed);

}  // namespace karnin::cli
