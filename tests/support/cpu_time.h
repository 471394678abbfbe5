// Time that this thread has computed: what others on the machine do doesn't count.
#pragma once

#include <ctime>

namespace karnin::test {

/// Of the calling thread, in seconds.
inline double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

}  // namespace karnin::test
