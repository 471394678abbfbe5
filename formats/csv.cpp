#include "formats/csv.h"

#include <cassert>

namespace karnin {
namespace {

std::string quoted(const std::string& cell) {
  if (cell.find_first_of(",\"\r\n") == std::string::npos) return cell;
  std::string text = "\"";
  for (const char c : cell) text.append(c == '"' ? 2 : 1, c);
  text += '"';
  return text;
}

}  // namespace

Csv::Csv(const std::vector<std::string>& header) : columns_(header.size()) { append(header); }

void Csv::add(const std::vector<std::string>& cells) {
  assert(cells.size() == columns_);
  append(cells);
}

void Csv::append(const std::vector<std::string>& cells) {
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) text_ += ',';
    text_ += quoted(cells[i]);
  }
  text_ += '\n';
}

}  // namespace karnin
