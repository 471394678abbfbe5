// Ctrl-C while a run is worth saving.
#pragma once

#include <csignal>

namespace karnin::cli {

/// While it lives, the first SIGINT only sets a flag; the second one ends the process at once.
/// One at a time.
class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  bool requested() const;

 private:
  struct sigaction previous_{};
};

}  // namespace karnin::cli
