#include "cli/console/progress.h"

#include <fmt/core.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "cli/console/output.h"
#include "formats/io/printable.h"
#include "formats/report/quantity.h"

namespace karnin::cli {
namespace {

constexpr auto kRedraw = std::chrono::milliseconds(100);
constexpr std::size_t kBarWidth = 24;
constexpr std::string_view kClearLine = "\r\x1b[K";
constexpr std::string_view kGreen = "\x1b[32m";
constexpr std::string_view kPlain = "\x1b[0m";

int tenths(double fraction) { return static_cast<int>(10.0 * fraction); }

bool is_set(const char* variable) {
  const char* value = std::getenv(variable);
  return value != nullptr && *value != '\0';
}

bool is_terminal() {
  const char* term = std::getenv("TERM");
  return isatty(STDERR_FILENO) == 1 && term != nullptr && std::string_view(term) != "dumb";
}

std::size_t terminal_columns() {
  winsize size{};
  const bool known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? size.ws_col : 80;
}

}  // namespace

Progress::Progress()
    : terminal_(is_terminal()), color_(!is_set("NO_COLOR")), start_(Clock::now()), last_(start_) {}

Progress::~Progress() { clear(); }

void Progress::reach(double fraction) {
  if (fraction < reached_) {
    begin_ = -1;
    tenths_ = 0;
  }
  reached_ = fraction;
}

bool Progress::due(double fraction) {
  reach(fraction);
  if (begin_ < 0) {
    begin_ = fraction;
    start_ = Clock::now();
    tenths_ = std::max(tenths_, tenths(fraction));
  }
  if (terminal_) return Clock::now() - last_ >= kRedraw;
  if (tenths(fraction) <= tenths_) return false;
  tenths_ = tenths(fraction);
  return true;
}

void Progress::show(double fraction, const std::string& text) {
  last_ = Clock::now();
  const double elapsed = std::chrono::duration<double>(last_ - start_).count();
  const double done = fraction - begin_;
  const std::string left =
      done > 0 ? duration(elapsed * (1.0 - fraction) / done) : std::string("-");
  const std::string state =
      fmt::format("{:3.0f} %  {}  {} left", 100 * fraction, printable_line(text), left);
  if (!terminal_) {
    tell(state + "\n");
    return;
  }
  // A line that wraps can't be redrawn. The bar gives way to the words, then the words are cut off.
  // The brackets, a blank and the last column take four.
  const std::size_t columns = std::max<std::size_t>(terminal_columns(), 4) - 4;
  const std::size_t width = std::min(kBarWidth, columns - std::min(columns, state.size()));
  const auto filled =
      std::min(width, static_cast<std::size_t>(fraction * static_cast<double>(width)));
  draw(fmt::format("{}[{}{}{}{}] {}", kClearLine, color_ ? kGreen : "", std::string(filled, '='),
                   color_ ? kPlain : "", std::string(width - filled, ' '),
                   state.substr(0, columns - width)));
  std::fflush(stderr);
  drawn_ = true;
}

void Progress::line(double fraction, const std::string& text) {
  reach(fraction);
  tenths_ = tenths(fraction);
  word(text);
}

void Progress::word(const std::string& text) {
  clear();
  tell(text + "\n");
}

void Progress::clear() {
  if (drawn_) draw(kClearLine);
  drawn_ = false;
}

}  // namespace karnin::cli
