// Tables as comma-separated values (RFC 4180, with line feeds).
#pragma once

#include <string>
#include <vector>

namespace karnin {

class Csv {
 public:
  explicit Csv(const std::vector<std::string>& header);
  /// As many cells as the header has. A cell with a comma, a quote or a line break is quoted; one
  /// that a spreadsheet would compute (=, +, - or @ in front of what is no number) gets an
  /// apostrophe in front.
  void add(const std::vector<std::string>& cells);
  /// Every row, the header too, ends with a line feed.
  const std::string& str() const { return text_; }

 private:
  void append(const std::vector<std::string>& cells);

  std::size_t columns_;
  std::string text_;
};

}  // namespace karnin
