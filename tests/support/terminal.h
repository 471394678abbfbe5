// Terminals, and what stands on one when all has been written to it.
#pragma once

#include <string>
#include <vector>

namespace karnin::test {

/// Whether ProcessOptions::terminal can be had here.
bool has_pseudo_terminals();

/// Line by line. Knows what karnin-cpu writes: carriage returns, colours, and the sequence that
/// clears a line from the cursor on.
std::vector<std::string> shown_lines(const std::string& written);

}  // namespace karnin::test
