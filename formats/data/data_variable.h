// $KARNIN_DATA: where data sets are looked for first. The program reads it; here it is understood.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "formats/data/data_places.h"

namespace karnin {

/// What the variable names, if it is set. Throws FileError, naming it, where that cannot be looked
/// at.
std::optional<std::filesystem::path> data_variable(const DataPlaces& places);

/// Whether it names a directory with own data right in it, and with no known set. Throws FileError
/// as data_variable() does.
bool variable_holds_own_data(const DataPlaces& places);

/// What is wrong with it, what is nearly a data set there, and what to do; "" if it is not set or
/// holds a data set. Throws FileError where that cannot be told.
std::string problem_of_data_variable(const DataPlaces& places);

/// The same for who only mentions it: what cannot be told is the problem.
std::string notice_of_data_variable(const DataPlaces& places);

}  // namespace karnin
