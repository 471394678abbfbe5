// The networks that are built in.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "runtime/graph/graph.h"

namespace karnin {

/// The network of Khanal (2018), tables 1 and 2, for `input` images (3x32x32 there) and ten
/// classes: conv1 10 5x5, pool, conv2 16 5x5, pool, fc1 120, fc2 84, fc3 10, ReLU after all but the
/// last.
Graph khanal2018(const Extent& input = {3, 32, 32}, std::int64_t classes = 10);

/// LeNet-300-100 of LeCun et al. (1998): fc1 300, fc2 100, fc3, ReLU between them; 266,610
/// parameters.
Graph lenet_300_100(const Extent& input = {1, 28, 28}, std::int64_t classes = 10);

/// LeNet-5 as Caffe has it, on which prunings are compared (Han et al. 2015): conv1 20 5x5, pool,
/// conv2 50 5x5, pool, fc1 500, ReLU, fc2; 431,080 parameters.
Graph lenet_5(const Extent& input = {1, 28, 28}, std::int64_t classes = 10);

struct BuiltInNetwork {
  std::string_view name;
  Graph (*make)(const Extent& input, std::int64_t classes);
  Extent input;  ///< what make() takes where nobody says otherwise
  bool padded;   ///< takes small images with the border that reading them adds (Dataset::padding)
};

std::span<const BuiltInNetwork> built_in_networks();

}  // namespace karnin
