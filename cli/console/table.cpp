#include "cli/console/table.h"

#include <algorithm>
#include <cassert>

#include "formats/io/printable.h"

namespace karnin::cli {
namespace {

/// Columns on a terminal: UTF-8 continuation bytes (as in "µs") take none.
std::size_t width(const std::string& text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](unsigned char c) { return (c & 0xC0) != 0x80; }));
}

}  // namespace

void Table::add(std::vector<std::string> cells) {
  assert(cells.size() == alignment_.size());
  for (std::string& cell : cells) cell = printable_line(cell);
  rows_.push_back(std::move(cells));
}

std::string Table::str() const {
  std::vector<std::size_t> widths(alignment_.size(), 0);
  for (const auto& row : rows_)
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width(row[i]));
  std::string text;
  for (const auto& row : rows_) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string padding(widths[i] - width(row[i]), ' ');
      if (i > 0) line += "  ";
      line += alignment_[i] == 'l' ? row[i] + padding : padding + row[i];
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

std::string shortened(const std::string& name) {
  constexpr std::size_t kMost = 40, kFront = 12, kBack = kMost - kFront - 3;
  if (name.size() <= kMost) return name;
  const auto inside_character = [&](std::size_t at) {
    return (static_cast<unsigned char>(name[at]) & 0xC0) == 0x80;
  };
  std::size_t front = kFront, back = name.size() - kBack;
  while (front > 0 && inside_character(front)) --front;
  while (back < name.size() && inside_character(back)) ++back;
  return name.substr(0, front) + "..." + name.substr(back);
}

}  // namespace karnin::cli
