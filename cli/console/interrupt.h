// Ctrl-C, or a polite kill, while a run is worth saving.
#pragma once

#include <array>
#include <csignal>

#include "runtime/core/error.h"

namespace karnin::cli {

/// What ends a run that has nothing worth saving.
class InterruptedError : public Error {
 public:
  using Error::Error;
};

/// While it lives, a signal that asks for the end only sets a flag: SIGINT, SIGTERM, SIGHUP (the
/// terminal has gone), SIGXCPU (the time limit is near) and SIGUSR1 and SIGUSR2 (batch systems'
/// warnings). A second SIGINT or SIGTERM ends the process at once. What whoever started the process
/// had ignored, as nohup does with SIGHUP, stays ignored. One at a time, and for as long as there
/// is something to lose: until the results are written.
class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  bool requested() const;

 private:
  static constexpr std::array kSignals{SIGINT, SIGTERM, SIGHUP, SIGXCPU, SIGUSR1, SIGUSR2};
  std::array<struct sigaction, kSignals.size()> previous_{};
};

}  // namespace karnin::cli
