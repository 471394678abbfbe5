// What rewrites, training and pruning may rely on without knowing an op.
#pragma once

namespace karnin {

struct Traits {
  bool elementwise = false;  ///< each value follows from the one in its place alone
  bool monotone = false;     ///< a larger input never gives a smaller output
  bool keeps_units = false;  ///< a channel follows from that channel, and a constant one stays so
  bool trainable = false;    ///< has weights
};

}  // namespace karnin
