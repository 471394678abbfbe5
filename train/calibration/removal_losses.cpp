#include "train/calibration/removal_losses.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace karnin {
namespace {

/// Of the weights that are left, those that stay in a round. More rounds find little better.
constexpr double kStay = 0.8;
/// Fewer than this share of the row are not told apart any further.
constexpr double kEnd = 0.005;

class Row {
 public:
  Row(const SymmetricMatrix& inverse, std::span<const float> weights)
      : from_(inverse.size()),
        inverse_(inverse.size()),
        weights_(weights.begin(), weights.end()),
        columns_(weights.size()) {
    std::iota(columns_.begin(), columns_.end(), 0);
    inverse_.gather(inverse, columns_);
  }

  std::size_t left() const { return columns_.size(); }
  std::int32_t column(std::size_t i) const { return columns_[i]; }
  double loss(std::size_t i) const {
    const auto at = static_cast<std::int64_t>(i);
    return weights_[i] * weights_[i] / std::max(1e-30, static_cast<double>(inverse_.row(at)[at]));
  }

  /// Takes out all but those that stand first in `order`, which become the first.
  void keep_first(std::size_t count, const std::vector<std::int32_t>& order) {
    std::swap(from_, inverse_);
    inverse_.gather(from_, order);
    std::vector<double> weights;
    std::vector<std::int32_t> columns;
    for (const std::int32_t i : order) {
      weights.push_back(weights_[static_cast<std::size_t>(i)]);
      columns.push_back(columns_[static_cast<std::size_t>(i)]);
    }
    while (weights.size() > count) {
      const auto panel = std::min<std::int64_t>(SymmetricMatrix::kPanel,
                                                static_cast<std::int64_t>(weights.size() - count));
      inverse_.take_out(panel);
      inverse_.take_out_of(weights, panel);
      weights.resize(weights.size() - static_cast<std::size_t>(panel));
    }
    columns.resize(count);
    weights_ = std::move(weights);
    columns_ = std::move(columns);
  }

 private:
  SymmetricMatrix from_, inverse_;
  std::vector<double> weights_;        // of those that are left
  std::vector<std::int32_t> columns_;  // likewise
};

/// Those with a mask first.
std::vector<std::int32_t> masked_last(std::span<const std::uint8_t> mask) {
  std::vector<std::int32_t> order(mask.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_partition(
      order, [&](std::int32_t i) { return mask[static_cast<std::size_t>(i)] != 0; });
  return order;
}

}  // namespace

std::vector<float> removal_losses(const SymmetricMatrix& inverse, std::span<const float> weights,
                                  std::span<const std::uint8_t> mask) {
  Row row(inverse, weights);
  if (!mask.empty())
    row.keep_first(mask.size() - static_cast<std::size_t>(std::ranges::count(mask, 0)),
                   masked_last(mask));
  std::vector<float> result(weights.size());
  const auto end = static_cast<std::size_t>(kEnd * static_cast<double>(weights.size()));
  double floor = 0;  // what came before
  while (row.left() > 0) {
    std::vector<double> losses(row.left());
    for (std::size_t i = 0; i < losses.size(); ++i) losses[i] = std::max(floor, row.loss(i));
    std::vector<std::int32_t> order(row.left());
    std::iota(order.begin(), order.end(), 0);
    std::ranges::sort(order, [&](std::int32_t a, std::int32_t b) {
      const double of_a = losses[static_cast<std::size_t>(a)];
      const double of_b = losses[static_cast<std::size_t>(b)];
      return of_a != of_b ? of_a > of_b : a < b;
    });
    const auto stay = static_cast<std::size_t>(kStay * static_cast<double>(row.left()));
    const std::size_t keep = row.left() <= std::max<std::size_t>(end, 1) ? 0 : stay;
    for (std::size_t i = keep; i < order.size(); ++i) {
      const auto place = static_cast<std::size_t>(order[i]);
      result[static_cast<std::size_t>(row.column(place))] = static_cast<float>(losses[place]);
      floor = std::max(floor, losses[place]);
    }
    if (keep == 0) break;
    row.keep_first(keep, order);
  }
  return result;
}

}  // namespace karnin
