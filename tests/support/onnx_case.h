// A case as libonnx-testdata lays it out: a folder with model.onnx, and tensors that go in and come
// out.
#pragma once

#include <gtest/gtest.h>
#include <onnx/onnx_pb.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tests/support/reference_network.h"

namespace karnin::test {

/// A message in a file of its own.
template <typename Message>
Message parsed(const std::filesystem::path& path) {
  Message message;
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(message.ParseFromIstream(&file)) << path;
  return message;
}

struct OnnxCase {
  std::string name;                 ///< of the folder
  std::int64_t images = 1;          ///< that the first input is for
  std::set<std::string> operators;  ///< of its nodes
  std::vector<std::uint8_t> bytes;  ///< the model, whose inputs but the first are initializers
  Values input;                     ///< the first one, as it stands in the file
  std::vector<Values> outputs;      ///< what isn't of floats is empty
};

/// Whether it can be tried: numbers go in and come out.
inline bool is_of_floats(const OnnxCase& one) {
  return !one.input.empty() && !one.outputs.empty() &&
         std::ranges::none_of(one.outputs, &Values::empty);
}

/// With an image's number that image alone: inputs but the first have what they have for it.
OnnxCase read_case(const std::filesystem::path& folder,
                   std::optional<std::int64_t> image = std::nullopt);

/// The cases in a folder, in the order of names; none where it isn't there.
std::vector<std::filesystem::path> cases_in(const std::filesystem::path& folder);

/// Images as a loader gives them to a network: channel after channel.
Values in_planes(const Values& images, const Graph& graph);

}  // namespace karnin::test
