// --scale, --mean and --std: how pixels become what a network takes in.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <vector>

#include "runtime/graph/model.h"

namespace karnin::cli {

/// A pixel goes in as (u8 / 255 scale - mean) / std, with one number for all channels or one for
/// each. Whatever is left out is 1, 0 and 1.
struct PixelOptions {
  std::optional<double> scale;
  std::vector<double> mean, std;
};

void add_pixel_options(CLI::App& verb, PixelOptions& options);

/// The model's own way of it stays where no option was given. Throws ArgumentError for another
/// count of numbers than the model has channels.
void apply(const PixelOptions& options, Model& model);

}  // namespace karnin::cli
