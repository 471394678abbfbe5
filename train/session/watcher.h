// How a long task is watched, and ended.
#pragma once

#include <functional>
#include <string>

namespace karnin {

/// What a task says on its way, and whether it is to end. Each of them may be empty.
struct Watcher {
  using Words = std::function<std::string()>;

  /// So much is done. The words cost more than a step: only who shows them asks for them. One call
  /// at a time.
  std::function<void(double fraction, const Words& what)> progress;
  std::function<bool()> stop;  ///< called from several threads
  /// A line that stays, when so much is done.
  std::function<void(double fraction, const std::string& text)> line;
  /// What has to be said whatever is done by then: a line too.
  std::function<void(const std::string& text)> word;

  void report(double fraction, const Words& what) const {
    if (progress) progress(fraction, what);
  }
  void report_line(double fraction, const std::string& text) const {
    if (line) line(fraction, text);
  }
  void tell(const std::string& text) const {
    if (word) word(text);
  }
  bool stopped() const { return stop && stop(); }
};

}  // namespace karnin
