// Text from files and file names, so that it can't do anything to whoever shows it.
#pragma once

#include <string>
#include <string_view>

namespace karnin {

/// Whether a terminal, a spreadsheet or gnuplot would only show the text. Line feeds and tabs count
/// as ours.
bool is_printable(std::string_view text);

/// The text with everything else in the form that JSON has for it (\u001b): control characters (C0,
/// DEL, C1), what changes the direction of writing, and separators of lines and paragraphs. Bytes
/// that are no UTF-8 become \xNN. Done twice it is the same.
std::string printable(std::string_view text);

/// The same for what must stay on one line: line feeds and tabs too.
std::string printable_line(std::string_view text);

}  // namespace karnin
