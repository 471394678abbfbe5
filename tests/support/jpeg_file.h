// JPEG files, by the library that reads them.
#pragma once

#include <cstdint>
#include <vector>

namespace karnin::test {

struct JpegFile {
  int h = 0;
  int w = 0;
  int channels = 3;  ///< 1: grey, 3: RGB, 4: CMYK with Adobe's marker
  bool progressive = false;
  bool separate = false;  ///< a scan a channel, all details at once
};

/// Of quality 100, colours not subsampled; `pixels` are h x w x channels.
std::vector<std::uint8_t> jpeg_file(const JpegFile& file, const std::vector<std::uint8_t>& pixels);

}  // namespace karnin::test
