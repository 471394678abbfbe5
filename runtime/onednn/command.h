// Primitives ready to run. What is prepared is shared by all workers and constant; a Command is one
// worker's: the primitive with all of its arguments, collected once so that running it costs
// nothing else.
#pragma once

#include <oneapi/dnnl/dnnl.hpp>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "runtime/onednn/memory.h"

namespace karnin::onednn {

/// Attributes of every primitive: the scratchpad is the worker's. The one that oneDNN would manage
/// belongs to the primitive, and two threads must not run that at once.
inline dnnl::primitive_attr worker_scratchpad() {
  dnnl::primitive_attr attr;
  attr.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  return attr;
}

template <typename Primitive>
struct Prepared {
  using Description = typename Primitive::primitive_desc;
  explicit Prepared(Description description) : desc(std::move(description)), primitive(desc) {}

  Description desc;
  Primitive primitive;  // compiled
};

/// From anywhere to anywhere of the same dimensions.
Prepared<dnnl::reorder> prepare_reorder(const Desc& src, const Desc& dst);

class Command {
 public:
  using Arguments = std::unordered_map<int, dnnl::memory>;

  template <typename Primitive>
  Command(const Prepared<Primitive>& prepared, Arguments arguments)
      : Command(prepared.primitive, prepared.desc.scratchpad_desc(), std::move(arguments)) {}

  /// Runs on the calling thread; back when done. Throws Error if oneDNN reports a failure.
  void run() const;
  /// Points the argument elsewhere; only for plain memory, which needs no padding.
  void rebind(int argument, float* data);

 private:
  Command(dnnl::primitive primitive, const Desc& scratchpad, Arguments arguments);

  dnnl::primitive primitive_;
  dnnl::stream stream_;
  Arguments memories_;
  std::vector<dnnl_exec_arg_t> arguments_;  // views of memories_
};

/// The implementation oneDNN chose, such as "jit:avx2".
template <typename Primitive>
std::string implementation(const Prepared<Primitive>& prepared) {
  return prepared.desc.impl_info_str();
}

}  // namespace karnin::onednn
