// What a reader of a report should know who reads nothing else of it.
#pragma once

#include <string>

#include "train/experiments/reproduction.h"
#include "train/experiments/verdict.h"

namespace karnin {

/// What is wrong with the paper's comparison, and three numbers, as HTML.
std::string headline_html(const Reproduction& results, const std::vector<Contest>& contests);

/// Which method has the best mean at which shares removed, and, of several seeds, how
/// often that says little.
std::string winners_html(const std::vector<Contest>& contests);

}  // namespace karnin
