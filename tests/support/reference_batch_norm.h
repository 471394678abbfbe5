// Batch normalisation by what it measures of ghost batches, as its definition says, in double.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "runtime/graph/ops/batch_norm.h"

namespace karnin::test {

using Doubles = std::vector<double>;

struct ReferenceBatchNorm {
  BatchNorm op;
  Extent extent;
  std::int64_t images;

  Doubles forward(const Doubles& src, const Doubles& scale, const Doubles& shift) const {
    Doubles dst(src.size());
    for_each_group([&](std::size_t c, const std::vector<std::size_t>& at) {
      const double deviation = std::sqrt(squares(src, at) / count(at) + double{op.epsilon});
      const double centre = mean(src, at);
      for (const std::size_t i : at) dst[i] = scale[c] * (src[i] - centre) / deviation + shift[c];
    });
    return dst;
  }

  /// By channel, summed over the ghost batches.
  Doubles means(const Doubles& src) const {
    Doubles sums(static_cast<std::size_t>(extent.c));
    for_each_group([&](std::size_t c, const auto& at) { sums[c] += mean(src, at); });
    return sums;
  }
  /// The same of unbiased variances.
  Doubles variances(const Doubles& src) const {
    Doubles sums(static_cast<std::size_t>(extent.c));
    for_each_group(
        [&](std::size_t c, const auto& at) { sums[c] += squares(src, at) / (count(at) - 1); });
    return sums;
  }

 private:
  static double count(const std::vector<std::size_t>& at) { return static_cast<double>(at.size()); }
  static double mean(const Doubles& src, const std::vector<std::size_t>& at) {
    double sum = 0;
    for (const std::size_t i : at) sum += src[i];
    return sum / count(at);
  }
  static double squares(const Doubles& src, const std::vector<std::size_t>& at) {
    const double centre = mean(src, at);
    double sum = 0;
    for (const std::size_t i : at) sum += (src[i] - centre) * (src[i] - centre);
    return sum;
  }

  /// visit(channel, indices of its elements in plain order) for every ghost batch.
  template <typename Visit>
  void for_each_group(const Visit& visit) const {
    const std::int64_t plane = extent.h * extent.w;
    for (std::int64_t first = 0; first < images; first += op.ghost_batch)
      for (std::int64_t c = 0; c < extent.c; ++c) {
        std::vector<std::size_t> at;
        for (std::int64_t n = first; n < std::min(images, first + op.ghost_batch); ++n)
          for (std::int64_t i = 0; i < plane; ++i)
            at.push_back(static_cast<std::size_t>((n * extent.c + c) * plane + i));
        visit(static_cast<std::size_t>(c), at);
      }
  }
};

}  // namespace karnin::test
