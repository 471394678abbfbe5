#include "runtime/graph/macs.h"

namespace karnin {

std::int64_t macs(const Op& op, Extents srcs) {
  for (const ParameterShape& parameter : parameters(op, srcs))
    if (parameter.role == Role::weight) {
      // Each weight serves every position of its output channel.
      const Extent dst = extent(op, srcs);
      return element_count(parameter.dims) * dst.h * dst.w;
    }
  return 0;
}

}  // namespace karnin
