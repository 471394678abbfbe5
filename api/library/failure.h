// What the C ABI makes of exceptions: a status, and a message that stays.
#pragma once

#include <karnin/karnin.h>

#include <array>

#include "runtime/core/error.h"

namespace karnin::api {

/// A second thread in one session.
class BusyError : public Error {
 public:
  using Error::Error;
};

/// Cut off where it is longer; of a fixed size, so that it can tell of a lack of memory.
using Message = std::array<char, 1024>;

/// That of this thread's last failure.
Message& last_message() noexcept;

/// Inside a catch block: the status of what was thrown, whose text goes to last_message().
karnin_status translate() noexcept;

/// KARNIN_OK, unless action() throws.
template <typename Action>
karnin_status guarded(const Action& action) noexcept {
  try {
    action();
    return KARNIN_OK;
  } catch (...) {
    return translate();
  }
}

}  // namespace karnin::api
