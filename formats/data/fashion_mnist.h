// Fashion-MNIST: four IDX files, 28x28 grey images, padded here to 32x32 with zeros.
#pragma once

#include <filesystem>

#include "formats/data/dataset.h"

namespace karnin {

/// Whether t10k-images-idx3-ubyte is there, plain or .gz.
bool holds_fashion_mnist(const std::filesystem::path& directory);

/// How many images the headers of the four files tell of; the files are not read further. Throws
/// FileError as read_fashion_mnist() does for the headers.
DatasetSurvey survey_fashion_mnist(const std::filesystem::path& directory);

/// {train,t10k}-{images-idx3,labels-idx1}-ubyte, each plain or .gz. Throws FileError.
Dataset read_fashion_mnist(const std::filesystem::path& directory);

}  // namespace karnin
