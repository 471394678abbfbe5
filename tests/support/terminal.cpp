#include "tests/support/terminal.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>

namespace karnin::test {
namespace {

/// The letter that ends the sequence which begins at `at`, to which `at` is moved.
char end_of_sequence(const std::string& text, std::size_t& at) {
  while (at < text.size() && std::isalpha(static_cast<unsigned char>(text[at])) == 0) ++at;
  return at < text.size() ? text[at] : '\0';
}

}  // namespace

bool has_pseudo_terminals() {
  const int terminal = posix_openpt(O_RDWR | O_NOCTTY);
  if (terminal >= 0) close(terminal);
  return terminal >= 0;
}

std::vector<std::string> shown_lines(const std::string& written) {
  std::vector<std::string> lines(1);
  std::size_t column = 0;
  for (std::size_t at = 0; at < written.size(); ++at) {
    std::string& line = lines.back();
    const char c = written[at];
    if (c == '\x1b') {
      if (end_of_sequence(written, at) == 'K') line.resize(std::min(line.size(), column));
    } else if (c == '\r') {
      column = 0;
    } else if (c == '\n') {
      lines.emplace_back();
    } else {
      line.resize(std::max(line.size(), column + 1), ' ');
      line[column++] = c;
    }
  }
  return lines;
}

}  // namespace karnin::test
