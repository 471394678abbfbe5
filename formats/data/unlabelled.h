// Images that nobody has labelled, one file after another.
#pragma once

#include <filesystem>
#include <vector>

#include "formats/data/data_form.h"
#include "formats/data/image_set.h"

namespace karnin {

/// The file itself; of a directory all images in it and in those below, in the order of their
/// paths, without names that begin with a dot and without linked directories. Throws FileError
/// where there is nothing, or no image.
std::vector<std::filesystem::path> image_files(const std::filesystem::path& path);

/// Whether the name ends in .npy.
bool is_array_file(const std::filesystem::path& path);

/// One image, or all of a .npy file, for a network that takes `input` (fit_extent()). All labels
/// are 0. Throws FileError, naming the file, where it is unsound or doesn't fit.
ImageSet read_unlabelled(const std::filesystem::path& path, const DataForm& form,
                         const Extent& input, ArrayOrder flat);

}  // namespace karnin
