// Data sets: those that are known by name, and one's own.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "formats/data/data_form.h"
#include "formats/data/data_places.h"
#include "formats/data/image_set.h"
#include "runtime/core/extent.h"

namespace karnin {

struct Dataset {
  std::string name;                 ///< "cifar10", "fashion-mnist", or the directory's name
  std::string note;                 ///< "" or what a reader must know, e.g. re-encoded pixels
  std::filesystem::path directory;  ///< where it was found
  std::vector<std::string> classes;
  ImageSet train;            ///< own data may have images in one of the two alone
  ImageSet test;             ///< extent and kind are those of train
  std::int64_t padding = 0;  ///< border of zeros, in pixels, that reading put around every image
  ArrayOrder order = ArrayOrder::nchw;  ///< of the files, whatever it is here
  bool numbered = false;                ///< classes have no names: they are 0 to the largest label

  /// Of an image without that border.
  Extent plain_extent() const;
};

/// Takes the border off if `input`, what a network takes, is an image without one.
void fit_padding(Dataset& dataset, const Extent& input);

/// Whether a directory holds a data set that load_dataset() reads. Throws FileError where that
/// cannot be told.
bool holds_dataset(const std::filesystem::path& directory);

/// What there is to be told of a data set before it is read.
struct DatasetSurvey {
  std::string note;  ///< as in Dataset
  std::filesystem::path directory;
  std::int64_t train_images = 0;
  std::int64_t test_images = 0;
};

/// Whether the name stands for wherever the data set is found, and for no directory.
bool is_standard_dataset(const std::string& name);

/// Reads `--data`: "cifar10", "fashion-mnist", a directory that holds either or own data (see
/// array_data.h and image_folder.h, which `form` is for), or "" for whichever is found first:
/// CIFAR-10, then Fashion-MNIST, or own data in places.variable where that holds neither. CIFAR-10
/// is looked for in cifar-10-batches-bin of places.variable, in that itself and in
/// cifar-10-batches-bin of places.cache; Fashion-MNIST in fashion-mnist of places.variable,
/// /usr/share/datasets/fashion-mnist and fashion-mnist of places.cache. Throws DatasetMissingError
/// with the one command that gets it, or with what is wrong with places.variable
/// (problem_of_data_variable()), in whose place nothing is taken that was not asked for by name;
/// FileError for what is there but unsound (path and byte offset in the message) or cannot be read.
Dataset load_dataset(const std::string& data, const DataPlaces& places, const DataForm& form = {});

/// Of a standard data set, from the headers where it has any; damage behind these is not seen.
/// Throws as load_dataset() does otherwise.
DatasetSurvey survey_dataset(const std::string& name, const DataPlaces& places);

}  // namespace karnin
