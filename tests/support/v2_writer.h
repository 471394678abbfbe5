// The writer of version 2, whose payloads differ from those of today in large tensors.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/graph/model.h"

namespace karnin::test {

std::vector<std::uint8_t> encode_model_v2(const Model& model);

}  // namespace karnin::test
