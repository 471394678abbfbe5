// Own data as NumPy's arrays.
#pragma once

#include <filesystem>

#include "formats/data/data_form.h"
#include "formats/data/dataset.h"

namespace karnin {

/// Whether train_x.npy or test_x.npy is there. Throws FileError where that cannot be told.
bool holds_arrays(const std::filesystem::path& directory);

/// {train,test}_{x,y}.npy; one of the two parts may be missing. x: bytes, which are pixels, or
/// floats; images x features, images x h x w, or as `form` says. y: integers from 0, one an image.
/// Classes are the lines of classes.txt, or numbers up to the largest label. Throws FileError.
Dataset read_arrays(const std::filesystem::path& directory, const DataForm& form);

struct ArrayImages {
  ImageSet set;                         ///< all labels are 0
  ArrayOrder order = ArrayOrder::nchw;  ///< of the file
};

/// The images of one file. Throws FileError.
ArrayImages read_array_images(const std::filesystem::path& path, const DataForm& form);

}  // namespace karnin
