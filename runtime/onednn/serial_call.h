// The door to oneDNN: whatever is called in here runs on the calling thread, and fails as an Error.
#pragma once

#include <omp.h>

#include <oneapi/dnnl/dnnl.hpp>
#include <string>

#include "runtime/core/error.h"

namespace karnin::onednn {

/// Holds OpenMP to the calling thread. oneDNN asks for the number of threads when a primitive is
/// created, to cut the work and size the scratchpad, and again when it runs: it must hear 1 both
/// times. The setting is the thread's own, so this is two stores.
class SerialOpenMp {
 public:
  SerialOpenMp() : threads_(omp_get_max_threads()) { omp_set_num_threads(1); }
  ~SerialOpenMp() { omp_set_num_threads(threads_); }
  SerialOpenMp(const SerialOpenMp&) = delete;
  SerialOpenMp& operator=(const SerialOpenMp&) = delete;

 private:
  int threads_;
};

/// body(), serially; a dnnl::error becomes an Error that starts with "oneDNN <what>".
template <typename Body>
decltype(auto) serial_call(const char* what, Body&& body) {
  const SerialOpenMp serial;
  try {
    return body();
  } catch (const dnnl::error& error) {
    throw Error("oneDNN " + std::string(what) + ": " + error.what());
  }
}

}  // namespace karnin::onednn
