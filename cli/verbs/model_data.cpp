#include "cli/verbs/model_data.h"

#include <fmt/core.h>

#include "cli/console/output.h"
#include "cli/verbs/environment.h"
#include "formats/data/data_variable.h"
#include "runtime/core/error.h"
#include "train/session/provenance.h"

namespace karnin::cli {

Dataset find_dataset(const std::string& data) {
  Dataset dataset = load_dataset(data, data_places());
  if (is_standard_dataset(data))
    if (const std::string problem = notice_of_data_variable(data_places()); !problem.empty())
      tell(fmt::format("{}: taking {}\n", problem, dataset.directory.string()));
  return dataset;
}

Dataset load_dataset_for(const ModelDescription& model, const std::string& data) {
  class_count(model.graph);  // throws before anything is read
  std::string name = data;
  if (const std::string known = trained_on(model); name.empty() && !known.empty()) {
    if (!is_standard_dataset(known)) {
      const std::string problem = notice_of_data_variable(data_places());
      throw ArgumentError(
          fmt::format("the model was trained on the directory '{}': say where it is with --data{}",
                      known, problem.empty() ? "" : fmt::format(" ({})", problem)));
    }
    name = known;
  }
  Dataset dataset = find_dataset(name);
  fit_padding(dataset, input_extent(model.graph));
  require_fit(model.graph, dataset);
  return dataset;
}

void require_fit(const Graph& graph, const Dataset& dataset) {
  const Extent& image = dataset.train.extent;
  const Extent& input = input_extent(graph);
  const std::int64_t outputs = class_count(graph);
  if (image == input && outputs == static_cast<std::int64_t>(dataset.classes.size())) return;
  throw ArgumentError(fmt::format(
      "the network '{}' takes {}x{}x{} images of {} classes, but the data set '{}' has {}x{}x{} "
      "images of {} classes: choose another with --data",
      graph.name, input.c, input.h, input.w, outputs, dataset.name, image.c, image.h, image.w,
      dataset.classes.size()));
}

}  // namespace karnin::cli
