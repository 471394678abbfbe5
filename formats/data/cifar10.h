// CIFAR-10 in its binary layout: records of one label and 3 x 32 x 32 pixels, planes R, G, B.
#pragma once

#include <filesystem>

#include "formats/data/dataset.h"

namespace karnin {

/// Whether test_batch.bin is there. Throws FileError where that cannot be told.
bool holds_cifar10(const std::filesystem::path& directory);

/// test_batch.bin, and every data_batch_N.bin in the order of N; any whole number of records in
/// each. batches.meta.txt is not needed: the order of the classes is fixed. Throws FileError.
Dataset read_cifar10(const std::filesystem::path& directory);

}  // namespace karnin
