#include "formats/report/csv.h"

#include <cassert>
#include <charconv>

namespace karnin {
namespace {

bool is_number(const std::string& cell) {
  const char* const begin = cell.data() + (cell.starts_with('+') ? 1 : 0);
  double value = 0;
  const auto [end, error] = std::from_chars(begin, cell.data() + cell.size(), value);
  return error == std::errc{} && end == cell.data() + cell.size();
}

/// A spreadsheet computes what begins like this; an apostrophe makes it text again.
bool is_formula(const std::string& cell) {
  return cell.find_first_of("=+-@\t\r") == 0 && !is_number(cell);
}

std::string quoted(std::string cell) {
  if (is_formula(cell)) cell.insert(cell.begin(), '\'');
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
