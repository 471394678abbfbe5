#include "runtime/onednn/runtime_version.h"

#include <oneapi/dnnl/dnnl.hpp>

namespace karnin::onednn {

std::string runtime_version() {
  const dnnl_version_t& v = *dnnl_version();
  return std::to_string(v.major) + "." + std::to_string(v.minor) + "." + std::to_string(v.patch);
}

}  // namespace karnin::onednn
