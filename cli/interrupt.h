// Ctrl-C, or a polite kill, while a run is worth saving.
#pragma once

#include <csignal>

namespace karnin::cli {

/// While it lives, the first SIGINT or SIGTERM only sets a flag; the second one, of either kind,
/// ends the process at once. One at a time.
class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  bool requested() const;

 private:
  struct sigaction previous_int_{};
  struct sigaction previous_term_{};
};

}  // namespace karnin::cli
