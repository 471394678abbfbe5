// The data set that goes with a model.
#pragma once

#include <string>

#include "formats/data/dataset.h"
#include "runtime/graph/model.h"

namespace karnin::cli {

/// load_dataset(data, data_places()), with a line on stderr where $KARNIN_DATA is wrong and was
/// passed over for it.
Dataset find_dataset(const std::string& data);

/// find_dataset(data); if `data` is empty, the data set that the model was trained on, if that is a
/// known one. Throws what load_dataset and require_fit throw.
Dataset load_dataset_for(const ModelDescription& model, const std::string& data);

/// Throws ArgumentError, naming both, unless images and classes fit the graph.
void require_fit(const Graph& graph, const Dataset& dataset);

}  // namespace karnin::cli
