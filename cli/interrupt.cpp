#include "cli/interrupt.h"

namespace karnin::cli {
namespace {

// A signal handler has nothing but static storage to write to.
volatile std::sig_atomic_t interrupted = 0;

}  // namespace

Interrupt::Interrupt() {
  interrupted = 0;
  struct sigaction action{};
  action.sa_handler = [](int) { interrupted = 1; };
  action.sa_flags = static_cast<int>(SA_RESETHAND | SA_RESTART);  // the next one ends the process
  sigaction(SIGINT, &action, &previous_);
}

Interrupt::~Interrupt() { sigaction(SIGINT, &previous_, nullptr); }

// NOLINTNEXTLINE(readability-convert-member-functions-to-static): only the flag has to be static
bool Interrupt::requested() const { return interrupted != 0; }

}  // namespace karnin::cli
