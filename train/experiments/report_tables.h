// The tables of a report, as HTML.
#pragma once

#include <string>

#include "train/experiments/reproduction.h"
#include "train/experiments/verdict.h"

namespace karnin {

/// The paper's tables 3 to 5 in one.
std::string class_table_html(const Reproduction& results, const Dataset& dataset);
/// Its tables 6 (karnin-sgd) and 7 (random).
std::string threshold_table_html(const Reproduction& results, const std::string& method);
/// Its figures 3 to 5: one shaded matrix, percent of each true class, the mean over seeds.
std::string matrix_html(const std::string& title, const std::vector<const ConfusionMatrix*>& seeds,
                        const Dataset& dataset);

std::string controls_html(const Reproduction& results);
std::string contests_html(const std::vector<Contest>& contests, std::size_t seeds);
std::string readings_html(const std::vector<Reading>& readings);
std::string dropout_html(const Reproduction& results);

std::string grouped(std::int64_t n);        ///< 63,910
std::string with_sd(const Spread& spread);  ///< 56.1 ± 0.8, or 56.1 for one seed; as HTML
/// The median (of an even number the mean of the middle two: 26.5) and, below it, the least and the
/// most; as HTML. Of at least one count, none negative.
std::string range_of(std::vector<std::int64_t> values);

}  // namespace karnin
