// The report of a reproduction: one HTML file that needs no other, and no network.
#pragma once

#include <string>

#include "train/experiments/reproduction.h"

namespace karnin {

/// What a reader must know beside the results.
struct ReportContext {
  std::string data;     ///< the data set, with the note on its pixels
  std::string machine;  ///< CPU, instruction set, threads
  std::string version;
  std::string command;  ///< that made it
  double peak_mib = 0;  ///< of memory
};

/// Throws what plot_svg() throws.
std::string report_html(const Reproduction& results, const Dataset& dataset,
                        const ReportContext& context);

}  // namespace karnin
