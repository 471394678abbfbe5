#include "cli/console/interrupt.h"

#include <atomic>
#include <cstdint>
#include <ctime>

namespace karnin::cli {
namespace {

/// Whoever passes a signal on to a process and to its group, as timeout does, sends it twice.
constexpr std::int64_t kSameMilliseconds = 250;

// A signal handler has nothing but static storage to write to.
std::atomic<bool> interrupted = false;
std::atomic<int> asked_by = 0;  ///< the first SIGINT or SIGTERM
std::atomic<std::int64_t> asked_at = 0;
static_assert(std::atomic<std::int64_t>::is_always_lock_free);

std::int64_t milliseconds() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1'000'000;
}

/// Only async-signal-safe calls from here. The kernel repeats SIGXCPU every second, and a terminal
/// that closes sends SIGHUP for itself and again by its shell: neither is out of patience.
void on_signal(int number) {
  interrupted = true;
  if (number != SIGINT && number != SIGTERM) return;
  const std::int64_t now = milliseconds();
  int nobody = 0;
  if (asked_by == nobody) asked_at = now;  // first: another thread may be in here too
  if (asked_by.compare_exchange_strong(nobody, number)) return;
  if (number == asked_by && now - asked_at < kSameMilliseconds) return;
  std::signal(number, SIG_DFL);
  std::raise(number);  // delivered as soon as this handler returns
}

}  // namespace

Interrupt::Interrupt() {
  interrupted = false;
  asked_by = 0;
  struct sigaction action{};
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART;
  for (std::size_t i = 0; i < kSignals.size(); ++i) {
    sigaction(kSignals[i], nullptr, &previous_[i]);
    if (previous_[i].sa_handler != SIG_IGN) sigaction(kSignals[i], &action, nullptr);
  }
}

Interrupt::~Interrupt() {
  for (std::size_t i = 0; i < kSignals.size(); ++i) sigaction(kSignals[i], &previous_[i], nullptr);
}

// NOLINTNEXTLINE(readability-convert-member-functions-to-static): only the flag has to be static
bool Interrupt::requested() const { return interrupted; }

}  // namespace karnin::cli
