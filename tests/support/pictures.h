// Image sets as the files that own data come in.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "formats/data/image_set.h"
#include "tests/support/npy_file.h"
#include "tests/support/png_file.h"
#include "tests/support/temporary_directory.h"

namespace karnin::test {

/// All images, channels last.
inline std::vector<std::uint8_t> channels_last(const ImageSet& set) {
  ImageSet turned = set;
  turned.put_channels_last();
  return turned.pixels;
}

/// Image `i` of a colour set.
inline PngBytes png_of(const ImageSet& set, std::int64_t i) {
  const std::vector<std::uint8_t> rows =
      channels_last({set.extent, {set.image(i).begin(), set.image(i).end()}, {0}});
  return png_file({static_cast<std::uint32_t>(set.extent.h),
                   static_cast<std::uint32_t>(set.extent.w), PngColour::rgb},
                  rows);
}

/// part/class K/NNNN.png
inline void write_pictures(const std::filesystem::path& part, const ImageSet& set) {
  for (std::int64_t i = 0; i < set.size(); ++i)
    write_bytes(part / fmt::format("class {}", set.labels[static_cast<std::size_t>(i)]) /
                    fmt::format("{:04}.png", i),
                png_of(set, i));
}

/// {prefix}_x.npy and {prefix}_y.npy of bytes.
inline void write_arrays(const std::string& prefix, const ImageSet& set, bool nhwc) {
  const auto& [c, h, w] = set.extent;
  const std::string shape = nhwc ? fmt::format("({}, {}, {}, {})", set.size(), h, w, c)
                                 : fmt::format("({}, {}, {}, {})", set.size(), c, h, w);
  write_bytes(prefix + "_x.npy", npy_array("|u1", shape, nhwc ? channels_last(set) : set.pixels));
  write_bytes(prefix + "_y.npy", npy_array("|u1", fmt::format("({},)", set.size()), set.labels));
}

}  // namespace karnin::test
