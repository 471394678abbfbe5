// How far a long task is: on a terminal one line that is redrawn, elsewhere a plain line at every
// tenth. Always on stderr.
#pragma once

#include <chrono>
#include <string>

namespace karnin::cli {

class Progress {
 public:
  /// Looks at stderr, TERM and NO_COLOR.
  Progress();
  /// Takes the bar away.
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// `fraction` of the whole is done; one that falls is of another task. text() is called only if
  /// something is to be shown: at most ten times a second on a terminal, once a tenth elsewhere.
  /// The time that is left is told from what was done since the first call: a resumed task starts
  /// in the middle.
  template <typename Text>
  void update(double fraction, const Text& text) {
    if (due(fraction)) show(fraction, text());
  }
  /// A line that stays, written when `fraction` is done.
  void line(double fraction, const std::string& text);
  /// A line that stays, whatever is done.
  void word(const std::string& text);
  /// Takes the bar away.
  void clear();

 private:
  using Clock = std::chrono::steady_clock;
  void reach(double fraction);
  bool due(double fraction);
  void show(double fraction, const std::string& text);

  bool terminal_;
  bool color_;
  bool drawn_ = false;
  double reached_ = 0;
  double begin_ = -1;  // fraction at the first call, at start_
  Clock::time_point start_;
  Clock::time_point last_;
  int tenths_ = 0;
};

}  // namespace karnin::cli
