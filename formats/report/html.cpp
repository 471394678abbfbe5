#include "formats/report/html.h"

#include <cassert>

#include "formats/io/printable.h"

namespace karnin {

std::string html_text(std::string_view text) {
  std::string safe;
  for (const char c : printable_line(text)) {
    switch (c) {
      case '&':
        safe += "&amp;";
        break;
      case '<':
        safe += "&lt;";
        break;
      case '>':
        safe += "&gt;";
        break;
      case '"':
        safe += "&quot;";
        break;
      default:
        safe += c;
    }
  }
  return safe;
}

void HtmlTable::add(std::vector<std::string> cells, std::vector<std::string> styles) {
  assert(cells.size() == header_.size());
  assert(styles.empty() || styles.size() == cells.size());
  rows_.push_back({std::move(cells), std::move(styles)});
}

std::string HtmlTable::markup(const Row& row) {
  std::string html = "<tr>";
  for (std::size_t i = 0; i < row.cells.size(); ++i) {
    html += i == 0 ? "<th scope=\"row\"" : "<td";
    if (!row.styles.empty() && !row.styles[i].empty()) html += " style=\"" + row.styles[i] + "\"";
    html += ">";
    html += row.cells[i];
    html += i == 0 ? "</th>" : "</td>";
  }
  html += "</tr>";
  return html;
}

std::string HtmlTable::str() const {
  std::string html = css_class_.empty() ? "<table>" : "<table class=\"" + css_class_ + "\">";
  html += "<thead>";
  if (!groups_.empty()) {
    html += "<tr class=\"groups\">";
    for (const auto& [name, columns] : groups_)
      html +=
          "<th scope=\"colgroup\" colspan=\"" + std::to_string(columns) + "\">" + name + "</th>";
    html += "</tr>";
  }
  html += "<tr>";
  for (const std::string& cell : header_) {
    html += "<th scope=\"col\">";
    html += cell;
    html += "</th>";
  }
  html += "</tr></thead><tbody>";
  for (const Row& row : rows_) html += markup(row);
  html += "</tbody></table>\n";
  return html;
}

}  // namespace karnin
