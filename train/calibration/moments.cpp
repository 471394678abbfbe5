#include "train/calibration/moments.h"

#include <algorithm>
#include <cassert>
#include <numeric>
#include <utility>

#include "runtime/onednn/gemm.h"

namespace karnin {
namespace {

/// Rows and columns of a product that one thread computes.
constexpr std::int64_t kTile = 256;

void add_product(const onednn::MatrixView& a, const onednn::MatrixView& b, double* dst,
                 std::int64_t stride) {
  std::vector<float> product(static_cast<std::size_t>(a.m() * b.n()));
  onednn::multiply(1, a, b, 0, product.data(), b.n());
  for (std::int64_t i = 0; i < a.m(); ++i)
    for (std::int64_t j = 0; j < b.n(); ++j)
      dst[i * stride + j] += static_cast<double>(product[static_cast<std::size_t>(i * b.n() + j)]);
}

/// From sums to moments about the means.
void centre(Moments& m, double samples) {
  for (std::vector<double>* sums : {&m.xx, &m.rx, &m.x, &m.r})
    for (double& sum : *sums) sum /= samples;
  const std::size_t n = m.columns();
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = i; j < n; ++j) m.xx[j * n + i] = m.xx[i * n + j] -= m.x[i] * m.x[j];
  for (std::size_t row = 0; row < m.r.size(); ++row)
    for (std::size_t i = 0; i < n; ++i) m.rx[row * n + i] -= m.r[row] * m.x[i];
}

}  // namespace

SymmetricMatrix Moments::damped(double damping) const {
  const std::size_t n = columns();
  double varies = 0, stays = 0;
  for (std::size_t i = 0; i < n; ++i) {
    varies += xx[i * n + i] / static_cast<double>(n);
    stays = std::max(stays, x[i] * x[i]);
  }
  // Of inputs that never change the moments are what rounding leaves of their squares, and no more
  // than noise may be fitted to that.
  constexpr double kRounding = 1e-5, kLeast = 1e-12;
  const double ridge = std::max({kLeast, kRounding * stays, damping * varies});
  SymmetricMatrix matrix(static_cast<std::int64_t>(n));
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < n; ++j)
      matrix.row(static_cast<std::int64_t>(i))[j] =
          static_cast<float>(xx[i * n + j] + (i == j ? ridge : 0.0));
  return matrix;
}

/// Of xx, or of rx.
struct MomentSums::Tile {
  std::size_t group;
  std::int64_t row, column;  // of its first number
  bool of_residuals;
};

MomentSums::MomentSums(const LayerInputs& layer, const Columns& columns,
                       const SampledPositions& positions, bool residuals)
    : layer_(layer), columns_(columns), positions_(positions), residuals_(residuals) {
  const auto n = static_cast<std::size_t>(columns.count);
  const auto rows = residuals ? static_cast<std::size_t>(layer.group_rows()) : 0;
  for (std::int64_t g = 0; g < layer.groups(); ++g)
    sums_.push_back({std::vector<double>(n * n), std::vector<double>(rows * n),
                     std::vector<double>(n), std::vector<double>(rows)});
}

void MomentSums::add(std::int64_t first, std::int64_t count, std::span<const float> src,
                     std::span<const float> residuals, Arena& arena) {
  gather(first, count, src, arena);
  assert(residuals.size() == (residuals_ ? static_cast<std::size_t>(added_ * layer_.rows()) : 0));
  const std::vector<Tile> all = tiles();
  arena.for_each(static_cast<std::int64_t>(all.size()),
                 [&](std::int64_t i) { add_tile(all[static_cast<std::size_t>(i)], residuals); });
  arena.for_each(layer_.groups(), [&](std::int64_t group) {
    add_means(static_cast<std::size_t>(group), residuals);
  });
  samples_ += added_;
}

void MomentSums::gather(std::int64_t first, std::int64_t count, std::span<const float> src,
                        Arena& arena) {
  const std::int64_t width = layer_.groups() * columns_.count, each = positions_.count();
  added_ = count * each;
  x_.resize(static_cast<std::size_t>(added_ * width));
  const std::size_t floats = src.size() / static_cast<std::size_t>(count);
  arena.for_each(count, [&](std::int64_t image) {
    const float* const own = src.data() + static_cast<std::size_t>(image) * floats;
    for (std::int64_t i = 0; i < each; ++i)
      layer_.gather(own, positions_.at(first + image, i), columns_,
                    x_.data() + (image * each + i) * width);
  });
}

std::vector<MomentSums::Tile> MomentSums::tiles() const {
  std::vector<Tile> tiles;
  for (std::size_t g = 0; g < sums_.size(); ++g)
    for (std::int64_t row = 0; row < columns_.count; row += kTile) {
      for (std::int64_t column = row; column < columns_.count; column += kTile)
        tiles.push_back({g, row, column, false});
      for (std::int64_t r = 0; residuals_ && r < layer_.group_rows(); r += kTile)
        tiles.push_back({g, r, row, true});
    }
  return tiles;
}

void MomentSums::add_tile(const Tile& tile, std::span<const float> residuals) {
  const std::int64_t n = columns_.count, rows = layer_.group_rows();
  const auto group = static_cast<std::int64_t>(tile.group);
  const auto inputs_from = [&](std::int64_t column) {
    return onednn::MatrixView{x_.data() + group * n + column, added_, std::min(kTile, n - column),
                              layer_.groups() * n};
  };
  Moments& sums = sums_[tile.group];
  const onednn::MatrixView right = inputs_from(tile.column);
  if (!tile.of_residuals)
    return add_product(inputs_from(tile.row).t(), right,
                       sums.xx.data() + tile.row * n + tile.column, n);
  const onednn::MatrixView r{residuals.data() + group * rows + tile.row, added_,
                             std::min(kTile, rows - tile.row), layer_.rows()};
  add_product(r.t(), right, sums.rx.data() + tile.row * n + tile.column, n);
}

void MomentSums::add_means(std::size_t group, std::span<const float> residuals) {
  Moments& sums = sums_[group];
  const auto add = [&](std::vector<double>& dst, std::span<const float> all, std::int64_t width) {
    for (std::int64_t sample = 0; sample < added_; ++sample)
      for (std::size_t i = 0; i < dst.size(); ++i)
        dst[i] += static_cast<double>(
            all[static_cast<std::size_t>(sample * width) + group * dst.size() + i]);
  };
  add(sums.x, x_, layer_.groups() * columns_.count);
  add(sums.r, residuals, layer_.rows());
}

std::vector<Moments> MomentSums::finish() {
  assert(samples_ > 0);
  for (Moments& moments : sums_) centre(moments, static_cast<double>(samples_));
  return std::move(sums_);
}

}  // namespace karnin
