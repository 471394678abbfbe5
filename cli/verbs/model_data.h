// The data set that goes with a model.
#pragma once

#include "cli/verbs/data_options.h"
#include "formats/data/dataset.h"
#include "runtime/graph/model.h"

namespace karnin::cli {

/// load_dataset(data, data_places(), form), with a line on stderr where $KARNIN_DATA is wrong and
/// was passed over for it.
Dataset find_dataset(const DataOptions& options);

/// find_dataset(), made to fit the model, labels by the names of its classes; if nothing is named,
/// the data set that the model was trained on, if that is a known one. Throws what load_dataset,
/// fit_classes and require_fit throw.
Dataset load_dataset_for(const ModelDescription& model, const DataOptions& options);

/// Throws ArgumentError, naming both, unless images and classes fit the model.
void require_fit(const ModelDescription& model, const Dataset& dataset);

/// Own data may lack one of the two: throws DatasetMissingError where there are no such images.
void require_training_images(const Dataset& dataset);
void require_test_images(const Dataset& dataset);

}  // namespace karnin::cli
