#include "cli/interrupt.h"

namespace karnin::cli {
namespace {

// A signal handler has nothing but static storage to write to.
volatile std::sig_atomic_t interrupted = 0;

/// Only async-signal-safe calls from here.
void on_signal(int number) {
  if (interrupted == 0) {
    interrupted = 1;
    return;
  }
  std::signal(number, SIG_DFL);
  std::raise(number);  // delivered as soon as this handler returns
}

}  // namespace

Interrupt::Interrupt() {
  interrupted = 0;
  struct sigaction action{};
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART;
  sigaction(SIGINT, &action, &previous_int_);
  sigaction(SIGTERM, &action, &previous_term_);
}

Interrupt::~Interrupt() {
  sigaction(SIGINT, &previous_int_, nullptr);
  sigaction(SIGTERM, &previous_term_, nullptr);
}

// NOLINTNEXTLINE(readability-convert-member-functions-to-static): only the flag has to be static
bool Interrupt::requested() const { return interrupted != 0; }

}  // namespace karnin::cli
