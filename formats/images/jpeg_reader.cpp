#include "formats/images/jpeg_reader.h"

#include <fmt/format.h>

#include <array>
#include <csetjmp>
#include <cstdio>
// libjpeg's headers want <cstdio> before them.
#include <jerror.h>
#include <jpeglib.h>

#include "runtime/core/error.h"

namespace karnin {
namespace {

/// A progressive picture has ten or so; one scan more costs a forger a few bytes, and us a pass
/// over all coefficients.
constexpr int kMaxScans = 500;

/// libjpeg is C, and leaves an error by longjmp(). It may leave open() and read_rows() alone: these
/// hold nothing that has to be destroyed.
struct Decoder {
  Decoder() = default;
  ~Decoder() { jpeg_destroy_decompress(&info); }
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;

  jpeg_decompress_struct info{};
  jpeg_error_mgr errors{};
  jpeg_progress_mgr progress{};
  std::jmp_buf way_out{};
  std::array<char, JMSG_LENGTH_MAX> message{};
};

[[noreturn]] void leave(j_common_ptr info) {
  auto& decoder = *static_cast<Decoder*>(info->client_data);
  info->err->format_message(info, decoder.message.data());
  std::longjmp(decoder.way_out, 1);
}

bool is_harmless(int warning) {
  return warning == JWRN_EXTRANEOUS_DATA || warning == JWRN_ADOBE_XFORM ||
         warning == JWRN_JFIF_MAJOR;
}

/// Levels from 0 are traces.
void heed_warning(j_common_ptr info, int level) {
  if (level < 0 && !is_harmless(info->err->msg_code)) leave(info);
}

void count_scans(j_common_ptr info) {
  if (reinterpret_cast<j_decompress_ptr>(info)->input_scan_number <= kMaxScans) return;
  auto& decoder = *static_cast<Decoder*>(info->client_data);
  std::snprintf(decoder.message.data(), decoder.message.size(), "more than %d scans", kMaxScans);
  std::longjmp(decoder.way_out, 1);
}

/// CMYK has no way to RGB in libjpeg.
J_COLOR_SPACE output_space(J_COLOR_SPACE space) {
  if (space == JCS_GRAYSCALE) return JCS_GRAYSCALE;
  return space == JCS_CMYK || space == JCS_YCCK ? JCS_CMYK : JCS_RGB;
}

/// Up to the size of the picture. False: decoder.message says why not.
bool open(Decoder& decoder, const std::uint8_t* bytes, std::size_t size) {
  jpeg_decompress_struct& info = decoder.info;
  info.err = jpeg_std_error(&decoder.errors);
  info.client_data = &decoder;
  decoder.errors.error_exit = leave;
  decoder.errors.emit_message = heed_warning;
  decoder.progress.progress_monitor = count_scans;
  if (setjmp(decoder.way_out) != 0) return false;
  jpeg_create_decompress(&info);
  info.progress = &decoder.progress;
  jpeg_mem_src(&info, bytes, size);
  jpeg_read_header(&info, TRUE);
  info.out_color_space = output_space(info.jpeg_color_space);
  jpeg_calc_output_dimensions(&info);
  return true;
}

/// All rows, each of `stride` bytes. False as in open().
bool read_rows(Decoder& decoder, std::uint8_t* dst, std::size_t stride) {
  jpeg_decompress_struct& info = decoder.info;
  if (setjmp(decoder.way_out) != 0) return false;
  jpeg_start_decompress(&info);
  while (info.output_scanline < info.output_height) {
    JSAMPROW row = dst + stride * info.output_scanline;
    jpeg_read_scanlines(&info, &row, 1);
  }
  jpeg_finish_decompress(&info);
  return true;
}

/// In place. Adobe's programs store ink as 255 - ink, and say that it was them.
void rgb_from_cmyk(std::vector<std::uint8_t>& pixels, bool inverted) {
  const auto light = [inverted](std::uint8_t value) { return inverted ? value : 255 - value; };
  std::uint8_t* to = pixels.data();
  for (std::size_t from = 0; from < pixels.size(); from += 4) {
    const int black = light(pixels[from + 3]);
    for (std::size_t i = 0; i < 3; ++i)
      *to++ = static_cast<std::uint8_t>((light(pixels[from + i]) * black + 127) / 255);
  }
  pixels.resize(pixels.size() / 4 * 3);
}

}  // namespace

Image decode_jpeg(std::span<const std::uint8_t> bytes, const std::string& path) {
  Decoder decoder;
  const auto check = [&](bool done) {
    if (!done) throw FileError(path, 0, fmt::format("JPEG: {}", decoder.message.data()));
  };
  check(open(decoder, bytes.data(), bytes.size()));
  const jpeg_decompress_struct& info = decoder.info;
  const std::int64_t h = info.output_height, w = info.output_width;
  if (h * w > kMaxImagePixels)
    throw FileError(
        path, 0, fmt::format("JPEG: expected at most {} pixels, got {}x{}", kMaxImagePixels, h, w));
  const auto stride = static_cast<std::size_t>(w * info.output_components);
  Image image{info.output_components, h, w, {}};
  image.pixels.resize(static_cast<std::size_t>(h) * stride);
  check(read_rows(decoder, image.pixels.data(), stride));
  if (image.channels == 4) {
    rgb_from_cmyk(image.pixels, info.saw_Adobe_marker != 0);
    image.channels = 3;
  }
  return image;
}

}  // namespace karnin
