// Reads the golden vectors: the paper's network computed independently in float64.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "runtime/graph/model.h"
#include "runtime/graph/networks.h"

namespace karnin::test {

/// The little-endian values of golden/khanal2018/<name>.bin; fails the test when it is not there.
template <typename T>
std::vector<T> golden(const std::string& name) {
  const auto path = std::filesystem::path(KARNIN_GOLDEN_DIR) / "khanal2018" / (name + ".bin");
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file.good()) << path;
  std::vector<T> values(std::filesystem::file_size(path) / sizeof(T));
  file.read(reinterpret_cast<char*>(values.data()),
            static_cast<std::streamsize>(values.size() * sizeof(T)));
  return values;
}

/// Golden tensors <prefix>.conv1.weight ... <prefix>.fc3.bias, in the order of parameter_specs().
inline std::vector<std::vector<float>> golden_parameters(const std::string& prefix) {
  std::vector<std::vector<float>> parameters;
  for (const ParameterSpec& spec : parameter_specs(khanal2018()))
    parameters.push_back(golden<float>(prefix + "." + spec.name));
  return parameters;
}

/// khanal2018 with the golden initial weights, inputs to [-1, 1].
inline Model golden_model() {
  Model model = make_model(khanal2018());
  const auto values = golden_parameters("init");
  for (std::size_t i = 0; i < values.size(); ++i)
    std::copy(values[i].begin(), values[i].end(), model.parameters[i].value.data());
  return model;
}

/// Batch `step` (of 20) of 16 images, as the network sees them.
inline std::vector<float> golden_images(std::size_t step) {
  constexpr std::size_t kFloats = 16 * 3 * 32 * 32;
  const auto pixels = golden<std::uint8_t>("images");
  std::vector<float> images(kFloats);
  for (std::size_t i = 0; i < kFloats; ++i)
    images[i] = (static_cast<float>(pixels[step * kFloats + i]) / 255.0F - 0.5F) / 0.5F;
  return images;
}

}  // namespace karnin::test
