// What `inspect` tells of a stored tensor.
#pragma once

#include <string>

namespace karnin {

struct TensorForm {
  std::string encoding;  ///< "arithmetic mask, codebook of 16"
  /// What it would take if the weights were independent and their frequencies known: the entropy of
  /// kept against pruned, and that of the values.
  double bound_bits = 0;
};

}  // namespace karnin
