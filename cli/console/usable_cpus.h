// How many threads are worth starting here, and why not more.
#pragma once

#include <optional>
#include <string>

namespace karnin::cli {

struct UsableCpus {
  int online = 1;               ///< of the machine
  int allowed = 1;              ///< where this process may run
  std::optional<double> quota;  ///< CPUs' worth of time, however many they are

  /// As many as can run at a time, at least 1.
  int threads() const;
  /// Why it is `count` threads: what holds threads() down, or the user's own choice.
  std::string reason(int count) const;
};

/// Of this process, now.
UsableCpus usable_cpus();

}  // namespace karnin::cli
