// Plots by gnuplot, which runs as a process of its own.
#pragma once

#include <string>

namespace karnin {

/// Throws Error, with the command that installs it, where there is no gnuplot; with gnuplot's own
/// words where it can't draw SVG and PNG.
void require_gnuplot();

/// What gnuplot writes to stdout for this script: the plot, where the script sets no output. Throws
/// Error with gnuplot's own words when it fails. Needs no network, no display and no writable
/// directory.
std::string run_gnuplot(const std::string& script);

}  // namespace karnin
