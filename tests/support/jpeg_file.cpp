#include "tests/support/jpeg_file.h"

#include <cstdio>
#include <cstdlib>
// libjpeg's header wants <cstdio> before it.
#include <jpeglib.h>

namespace karnin::test {

std::vector<std::uint8_t> jpeg_file(const JpegFile& file, const std::vector<std::uint8_t>& pixels) {
  jpeg_compress_struct info{};
  jpeg_error_mgr errors{};
  info.err = jpeg_std_error(&errors);
  jpeg_create_compress(&info);
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&info, &bytes, &size);
  info.image_height = static_cast<JDIMENSION>(file.h);
  info.image_width = static_cast<JDIMENSION>(file.w);
  info.input_components = file.channels;
  info.in_color_space = file.channels == 1   ? JCS_GRAYSCALE
                        : file.channels == 3 ? JCS_RGB
                                             : JCS_CMYK;
  jpeg_set_defaults(&info);
  jpeg_set_quality(&info, 100, TRUE);
  info.comp_info[0].h_samp_factor = info.comp_info[0].v_samp_factor = 1;
  if (file.progressive) jpeg_simple_progression(&info);
  std::vector<jpeg_scan_info> scans;
  for (int channel = 0; channel < file.channels; ++channel)
    scans.push_back({1, {channel}, 0, 63, 0, 0});
  if (file.separate) {
    info.scan_info = scans.data();
    info.num_scans = file.channels;
  }
  jpeg_start_compress(&info, TRUE);
  while (info.next_scanline < info.image_height) {
    auto* row = const_cast<std::uint8_t*>(pixels.data()) +
                static_cast<std::size_t>(info.next_scanline) *
                    static_cast<std::size_t>(file.w * file.channels);
    jpeg_write_scanlines(&info, &row, 1);
  }
  jpeg_finish_compress(&info);
  std::vector<std::uint8_t> result(bytes, bytes + size);
  jpeg_destroy_compress(&info);
  std::free(bytes);
  return result;
}

}  // namespace karnin::test
