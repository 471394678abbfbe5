// How a long experiment is watched, and ended.
#pragma once

#include <functional>
#include <string>

namespace karnin {

/// Both may be empty.
struct Watcher {
  std::function<void(double fraction, const std::string& what)> progress;  ///< one call at a time
  std::function<bool()> stop;  ///< called from several threads

  void tell(double fraction, const std::string& what) const {
    if (progress) progress(fraction, what);
  }
  bool stopped() const { return stop && stop(); }
};

}  // namespace karnin
