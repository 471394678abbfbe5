// What a program is made for.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "runtime/layers/fc_kernel.h"
#include "runtime/layers/layer.h"
#include "runtime/program/domain.h"

namespace karnin {

struct ProgramOptions {
  std::int64_t images = 1;  ///< of one shard
  Purpose purpose = Purpose::inference;
  /// Logits come out even where the network ends with a softmax, as cross-entropy wants them.
  bool logits = false;
  /// Of every step that has a layer for it, or of the steps of each region.
  Domains domain = Domain::onednn;
  /// Kernel of the fully connected layer of that name; called in inference only.
  /// Training works on the plain weights, and on the kept ones alone where masks are held and leave
  /// few; lanes know only dense and sparse_lanes, and take dense for the others.
  std::function<FcKernel(const std::string& layer)> fc_kernel;
  /// Threads that may take part in a shard: what they can share is prepared for so many.
  int sharers = 1;
  /// In training: batch norm normalises each ghost batch by its own mean and variance, and leaves
  /// those where their gradients would be (BatchNormLayer); otherwise by the parameters.
  bool measures = false;
};

}  // namespace karnin
