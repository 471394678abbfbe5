#include "formats/images/resampling.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <vector>

namespace karnin {
namespace {

/// What one pixel is a mean of.
struct Taps {
  std::int64_t first = 0;
  std::vector<float> weights;  ///< their sum is 1
  std::int64_t end() const { return first + static_cast<std::int64_t>(weights.size()); }
};

Taps taps_at(std::int64_t position, const Window& window) {
  const double scale = static_cast<double>(window.from) / static_cast<double>(window.to);
  const double reach = std::max(scale, 1.0);
  const double centre = (static_cast<double>(position) + 0.5) * scale;
  const auto bounded = [&](double at) {
    return std::clamp<std::int64_t>(static_cast<std::int64_t>(std::floor(at + 0.5)), 0,
                                    window.from);
  };
  // At both ends of a long side that grows little, the centre may round to one behind the last.
  Taps taps{std::min(bounded(centre - reach), window.from - 1), {}};
  const std::int64_t end = std::max(bounded(centre + reach), taps.first + 1);
  std::vector<double> weights;
  double sum = 0;
  for (std::int64_t i = taps.first; i < end; ++i) {
    const double distance = std::abs(static_cast<double>(i) + 0.5 - centre) / reach;
    sum += weights.emplace_back(std::max(0.0, 1 - distance));
  }
  for (const double weight : weights) taps.weights.push_back(static_cast<float>(weight / sum));
  return taps;
}

std::vector<Taps> taps_of(const Window& window) {
  std::vector<Taps> taps;
  for (std::int64_t i = 0; i < window.count; ++i) taps.push_back(taps_at(window.first + i, window));
  return taps;
}

/// dst[x] = the mean of what columns[x] names.
void shrink_row(const std::uint8_t* src, const std::vector<Taps>& columns, float* dst) {
  for (const Taps& taps : columns) {
    float sum = 0;
    for (std::size_t i = 0; i < taps.weights.size(); ++i)
      sum += taps.weights[i] * static_cast<float>(src[taps.first + static_cast<std::int64_t>(i)]);
    *dst++ = sum;
  }
}

}  // namespace

void resample(std::span<const std::uint8_t> src, const Window& rows, const Window& columns,
              std::span<std::uint8_t> dst) {
  assert(src.size() == static_cast<std::size_t>(rows.from * columns.from));
  assert(dst.size() == static_cast<std::size_t>(rows.count * columns.count));
  const std::vector<Taps> across = taps_of(columns), down = taps_of(rows);
  const std::int64_t top = down.front().first, bottom = down.back().end();
  const auto width = static_cast<std::size_t>(columns.count);
  // Only the rows that the window looks at: a strip of a pixel's width may have millions.
  std::vector<float> lines(static_cast<std::size_t>(bottom - top) * width);
  for (std::int64_t y = top; y < bottom; ++y)
    shrink_row(src.data() + y * columns.from, across,
               lines.data() + static_cast<std::size_t>(y - top) * width);
  std::uint8_t* to = dst.data();
  for (const Taps& taps : down)
    for (std::size_t x = 0; x < width; ++x) {
      float sum = 0;
      for (std::size_t i = 0; i < taps.weights.size(); ++i)
        sum +=
            taps.weights[i] * lines[(static_cast<std::size_t>(taps.first - top) + i) * width + x];
      *to++ = static_cast<std::uint8_t>(std::clamp(std::lround(sum), 0L, 255L));
    }
}

}  // namespace karnin
