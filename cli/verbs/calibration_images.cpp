#include "cli/verbs/calibration_images.h"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <utility>
#include <vector>

#include "cli/options/number_option.h"
#include "cli/verbs/data_options.h"
#include "cli/verbs/model_data.h"
#include "formats/data/dataset.h"
#include "formats/data/fitting.h"
#include "formats/data/unlabelled.h"
#include "formats/io/file_status.h"
#include "runtime/core/counter_rng.h"
#include "runtime/core/error.h"

namespace karnin::cli {
namespace {

namespace fs = std::filesystem;

CalibrationSource of_dataset(const ModelDescription& model, const CalibrationOptions& options,
                             const DataForm& form) {
  Dataset dataset = find_dataset({options.data, form});
  require_training_images(dataset);
  const Extent& input = input_extent(model.graph);
  fit_padding(dataset, input);
  fit_extent(dataset.train, input, flat_order(model.graph));
  if (dataset.train.extent != input)
    throw ArgumentError(fmt::format("--calibrate: expected images of {}, got {} in '{}'",
                                    to_string(input), to_string(dataset.train.extent),
                                    options.data));
  return {std::move(dataset.train), dataset.name, options.images};
}

/// Pictures are drawn before they are read: there may be very many.
std::vector<fs::path> draw_files(std::vector<fs::path> files, std::int64_t count,
                                 std::uint64_t seed) {
  if (std::cmp_less_equal(files.size(), count)) return files;
  std::vector<std::size_t> order(files.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::nth_element(order, order.begin() + count, {},
                           [&](std::size_t i) { return hash(seed, i); });
  order.resize(static_cast<std::size_t>(count));
  std::ranges::sort(order);
  std::vector<fs::path> drawn;
  for (const std::size_t i : order) drawn.push_back(std::move(files[i]));
  return drawn;
}

CalibrationSource of_files(const ModelDescription& model, const CalibrationOptions& options,
                           const DataForm& form, std::uint64_t seed) {
  ImageSet all;
  all.extent = input_extent(model.graph);
  for (const fs::path& file : draw_files(image_files(options.data), 2 * options.images, seed)) {
    const ImageSet one = read_unlabelled(file, form, all.extent, flat_order(model.graph));
    all.pixels.insert(all.pixels.end(), one.pixels.begin(), one.pixels.end());
    all.values.insert(all.values.end(), one.values.begin(), one.values.end());
    all.labels.insert(all.labels.end(), one.labels.begin(), one.labels.end());
  }
  return {std::move(all), "", options.images};
}

}  // namespace

void add_calibration_options(Verb& verb, CalibrationOptions& options, const Pruned& pruned) {
  verb.add_option("--calibrate", options.data,
                  "Fit the weights that are kept, layer by layer, to what the network gave for "
                  "these images, of which no label is looked at: a data set's for training, or "
                  "those in a directory or .npy file. Methods obs and obd do so anyway, with those "
                  "of --data");
  add_number(verb, "--images", options.images, {1, 1'000'000'000},
             "Images to calibrate by, drawn at random; all if there are fewer");
  verb.matter_if({"--images"}, "--calibrate or method obs or obd", [&options, pruned] {
    return !options.data.empty() || std::ranges::any_of(pruned.by(), needs_inputs);
  });
}

CalibrationSource find_calibration_images(const ModelDescription& model,
                                          const CalibrationOptions& options, const DataForm& form,
                                          std::uint64_t seed) {
  const DataForm own = form_for(model.graph, form);
  const bool known = is_standard_dataset(options.data) ||
                     (is_directory_there(options.data) && holds_dataset(options.data));
  return known ? of_dataset(model, options, own) : of_files(model, options, own, seed);
}

}  // namespace karnin::cli
