// Small pictures as PNG.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace karnin {

/// 8-bit RGB, rows from the top: pixels.size() == 3 * width * height, both at least 1.
std::vector<std::uint8_t> encode_png(std::uint32_t width, std::uint32_t height,
                                     std::span<const std::uint8_t> pixels);

/// For a data: URI.
std::string base64(std::span<const std::uint8_t> bytes);

}  // namespace karnin
