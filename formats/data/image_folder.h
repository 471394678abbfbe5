// Own data as pictures, in a folder for each class.
#pragma once

#include <filesystem>

#include "formats/data/data_form.h"
#include "formats/data/dataset.h"

namespace karnin {

/// Whether a directory "train" or "test" is there. Throws FileError where that cannot be told.
bool holds_image_folders(const std::filesystem::path& directory);

/// {train,test}/CLASS/*.{png,jpg,jpeg}; one of the two parts may be missing, and "test" may lack
/// classes. Classes are the lines of classes.txt, or the names of the folders, in order. Images
/// come in the order of their names, made to fit as `form` says. Other files, and names with a dot
/// in front, are passed over. Throws FileError, naming it, for a folder that has no image or is no
/// class, and for an unsound image.
Dataset read_image_folders(const std::filesystem::path& directory, const DataForm& form);

/// The channels and sides that all images are to have: those of `form`, and of this one where that
/// leaves them open. Throws ArgumentError where `form` wants other channels than images have.
Extent image_extent(const std::filesystem::path& first, const DataForm& form);

/// Appends one image in this extent, whose label is up to the caller. Throws FileError where it is
/// unsound or, unless `form` gives the sides, has others.
void append_image(ImageSet& set, const std::filesystem::path& path, const DataForm& form);

}  // namespace karnin
