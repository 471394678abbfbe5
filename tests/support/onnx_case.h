// A case as libonnx-testdata lays it out: a folder with model.onnx, and tensors that go in and come
// out.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/reference_network.h"

namespace karnin::test {

struct OnnxCase {
  std::string name;                 ///< of the folder
  std::vector<std::uint8_t> bytes;  ///< the model, whose inputs but the first are initializers
  Values input;                     ///< the first one, as it stands in the file
  Values output;                    ///< the first one
};

OnnxCase read_case(const std::filesystem::path& folder);

/// The cases in a folder, in the order of names; none where it isn't there.
std::vector<std::filesystem::path> cases_in(const std::filesystem::path& folder);

/// Images as a loader gives them to a network: channel after channel.
Values in_planes(const Values& images, const Graph& graph);

}  // namespace karnin::test
