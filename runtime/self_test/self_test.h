// Do the kernels compute on this machine what they should? A processor, a compiler or a library of
// vectors may be wrong where nobody has ever run the tests.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runtime/kernels/kernels.h"

namespace karnin {

struct KernelVerdict {
  std::string_view kernel;  ///< its name in kernels::Table
  std::string error;        ///< empty where it is right

  bool right() const { return error.empty(); }
};

/// Every entry of the table, in its order, against that of the scalar level: on small integers over
/// a few odd shapes, where both must give the same bits; softmax to within its roundings. Some
/// kernels are fed by others of the table, and are wrong with these. Milliseconds.
std::vector<KernelVerdict> check_kernels(const kernels::Table& table);

}  // namespace karnin
