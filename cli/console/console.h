// The terminal as who watches: progress and words on stderr, and signals that ask for the end.
#pragma once

#include <optional>

#include "cli/console/interrupt.h"
#include "cli/console/progress.h"
#include "train/session/watcher.h"

namespace karnin::cli {

/// One of a verb that takes long; what it has drawn goes when it does.
class Console {
 public:
  Console();
  Console(const Console&) = delete;
  Console& operator=(const Console&) = delete;

  /// Not to outlive the console.
  const Watcher& watcher() const { return watcher_; }

  /// Takes away what is drawn.
  void clear() { progress_.clear(); }

  /// From here on there is something to lose: a signal only asks for the end (interrupt.h).
  void catch_signals() { interrupt_.emplace(); }
  /// It is written.
  void release_signals() { interrupt_.reset(); }

 private:
  Progress progress_;
  std::optional<Interrupt> interrupt_;
  Watcher watcher_;
};

}  // namespace karnin::cli
