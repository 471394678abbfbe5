#include "cli/verbs/model_data.h"

#include <fmt/core.h>

#include <algorithm>
#include <string_view>

#include "cli/console/output.h"
#include "cli/verbs/environment.h"
#include "formats/data/array_data.h"
#include "formats/data/class_names.h"
#include "formats/data/data_variable.h"
#include "formats/data/fitting.h"
#include "formats/model/provenance.h"
#include "runtime/core/error.h"
#include "runtime/core/flat_extent.h"

namespace karnin::cli {
namespace {

void require_images(const Dataset& dataset, const ImageSet& set, std::string_view part) {
  if (set.size() > 0) return;
  throw DatasetMissingError(fmt::format(
      "no {0} images in '{1}': expected {0}_x.npy and {0}_y.npy, or {0}/CLASS/ with images", part,
      dataset.directory.string()));
}

/// Labels are in the order of the first of several models.
void require_same_classes(const ModelDescription& model, const Dataset& dataset) {
  if (dataset.numbered || !are_named(model.classes) || !are_named(dataset.classes)) return;
  const auto [own, other] = std::ranges::mismatch(model.classes, dataset.classes);
  if (own == model.classes.end()) return;
  throw ArgumentError(fmt::format(
      "the network '{}' has the class '{}' where '{}' is expected: all must have the same ones in "
      "the same order",
      model.graph.name, *own, *other));
}

}  // namespace

Dataset find_dataset(const DataOptions& options) {
  Dataset dataset = load_dataset(options.data, data_places(), options.form);
  if (is_standard_dataset(options.data))
    if (const std::string problem = notice_of_data_variable(data_places()); !problem.empty())
      tell(fmt::format("{}: taking {}\n", problem, dataset.directory.string()));
  return dataset;
}

Dataset load_dataset_for(const ModelDescription& model, const DataOptions& options) {
  class_count(model.graph);  // throws before anything is read
  std::string name = options.data;
  if (const std::string known = trained_on(model); name.empty() && !known.empty()) {
    if (!is_standard_dataset(known)) {
      const std::string problem = notice_of_data_variable(data_places());
      throw ArgumentError(
          fmt::format("the model was trained on the directory '{}': say where it is with --data{}",
                      known, problem.empty() ? "" : fmt::format(" ({})", problem)));
    }
    name = known;
  }
  Dataset dataset = find_dataset({name, form_for(model.graph, options.form)});
  fit_to_network(dataset, input_extent(model.graph), class_count(model.graph),
                 flat_order(model.graph));
  if (dataset.train.extent == input_extent(model.graph)) fit_classes(dataset, model.classes);
  require_fit(model, dataset);
  if (dataset.numbered && !model.classes.empty()) dataset.classes = model.classes;
  return dataset;
}

void require_fit(const ModelDescription& model, const Dataset& dataset) {
  const Graph& graph = model.graph;
  const Extent& image = dataset.train.extent;
  const Extent& input = input_extent(graph);
  const std::int64_t outputs = class_count(graph);
  if (image == input && outputs == static_cast<std::int64_t>(dataset.classes.size()))
    return require_same_classes(model, dataset);
  const bool ordered = image != input && !is_vector(image) && holds_arrays(dataset.directory);
  throw ArgumentError(fmt::format(
      "the network '{}' takes {}x{}x{} images of {} classes, but the data set '{}' has {}x{}x{} "
      "images of {} classes: {}choose another with --data",
      graph.name, input.c, input.h, input.w, outputs, dataset.name, image.c, image.h, image.w,
      dataset.classes.size(), ordered ? "say --layout nchw|nhwc, or " : ""));
}

void require_training_images(const Dataset& dataset) {
  require_images(dataset, dataset.train, "train");
}

void require_test_images(const Dataset& dataset) { require_images(dataset, dataset.test, "test"); }

}  // namespace karnin::cli
