// The few pieces of HTML that a report is made of.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace karnin {

/// Text as it may stand between tags or in an attribute in double quotes, on one line
/// (printable.h).
std::string html_text(std::string_view text);

/// A table of numbers: the first column and the first row are headings. Cells are HTML.
class HtmlTable {
 public:
  explicit HtmlTable(std::vector<std::string> header, std::string css_class = "")
      : header_(std::move(header)), css_class_(std::move(css_class)) {}
  /// Headings above the header's: each with the number of columns that it spans.
  void group(std::vector<std::pair<std::string, std::size_t>> groups) {
    groups_ = std::move(groups);
  }
  /// As many cells as the header has; `styles`, if any, is the CSS of each.
  void add(std::vector<std::string> cells, std::vector<std::string> styles = {});
  std::string str() const;

 private:
  struct Row {
    std::vector<std::string> cells;
    std::vector<std::string> styles;
  };
  static std::string markup(const Row& row);

  std::vector<std::string> header_;
  std::string css_class_;
  std::vector<std::pair<std::string, std::size_t>> groups_;
  std::vector<Row> rows_;
};

}  // namespace karnin
