// The network whose file call_at_random() plays with: 16 floats in, 3 out.
#pragma once

#include "formats/model/model_file.h"

namespace karnin::test {

inline std::vector<std::uint8_t> call_target() {
  Model model = make_model(make_chain("small", {1, 4, 4},
                                      {{"fc1", FullyConnected{5}},
                                       {"relu", Relu{}},
                                       {"fc2", FullyConnected{4}},
                                       {"fc3", FullyConnected{3}}}));
  float next = 0.1F;
  for (Parameter& parameter : model.parameters)
    for (float& value : parameter.value.span()) value = next = 1 - next * 1.7F;
  return encode_model(model);
}

}  // namespace karnin::test
