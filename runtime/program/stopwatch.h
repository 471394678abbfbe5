// The time that a step takes.
#pragma once

#include <chrono>
#include <cstddef>
#include <span>

namespace karnin {

/// Adds the time of its life to an entry, unless nobody wants to know.
class Stopwatch {
 public:
  Stopwatch(std::span<double> microseconds, std::size_t entry)
      : target_(microseconds.empty() ? nullptr : &microseconds[entry]) {
    if (target_ != nullptr) start_ = Clock::now();
  }
  ~Stopwatch() {
    if (target_ != nullptr)
      *target_ += std::chrono::duration<double, std::micro>(Clock::now() - start_).count();
  }
  Stopwatch(const Stopwatch&) = delete;
  Stopwatch& operator=(const Stopwatch&) = delete;

 private:
  using Clock = std::chrono::steady_clock;
  double* target_;
  Clock::time_point start_;
};

}  // namespace karnin
