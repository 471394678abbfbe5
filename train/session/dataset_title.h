// What a data set is called where people read it.
#pragma once

#include <string>

#include "formats/data/dataset.h"

namespace karnin {

/// "cifar10", or "cifar10 (its note)": what every figure is named with.
std::string title(const Dataset& dataset);

}  // namespace karnin
