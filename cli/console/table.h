// Aligned columns of text.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace karnin::cli {

class Table {
 public:
  /// One letter a column: 'l' for text, 'r' for numbers. The first row may be a header.
  explicit Table(std::string alignment) : alignment_(std::move(alignment)) {}
  /// As many cells as there are columns. What is not printable is escaped (formats/io/printable.h).
  void add(std::vector<std::string> cells);
  /// Every row ends with a line feed and has no trailing blanks.
  std::string str() const;

 private:
  std::string alignment_;
  std::vector<std::vector<std::string>> rows_;
};

/// A name for a table: what is longer than 40 bytes keeps both ends around "...".
std::string shortened(const std::string& name);

}  // namespace karnin::cli
