#include "runtime/kernels/sparse_tile.h"

#include <algorithm>

#include "runtime/core/ceil_div.h"
#include "runtime/core/first_cache.h"

namespace karnin::kernels {
namespace {

// Cycles, as measured: to begin and end a channel's sums beside a load and a store a vector; to
// begin a copied row, or to go on with one; a weight's own, and the least that it takes, when its
// vectors are too few to hide the latency of an FMA.
constexpr double kRun = 15, kVectorOfRun = 2, kRow = 12, kRowAtOnce = 2, kWeight = 1,
                 kLeastOfWeight = 4;
constexpr double kCopiedVector = 1.3;

/// What is left of the first-level cache beside weights and dst.
std::int64_t window_floats() {
  return std::min<std::int64_t>(kTileWindowFloats, first_cache_bytes() / 4 * 3 / 4);
}

/// Calls visit(times, rows, columns) for each size of tile that covers dst.
template <typename Visit>
void for_each_size(const ConvShape& s, const SparseTile& tile, const Visit& visit) {
  for (const auto& [times_y, rows] :
       {std::pair(s.oh / tile.rows, tile.rows), std::pair(std::int64_t{1}, s.oh % tile.rows)})
    for (const auto& [times_x, columns] : {std::pair(s.ow / tile.columns, tile.columns),
                                           std::pair(std::int64_t{1}, s.ow % tile.columns)})
      if (rows > 0 && columns > 0) visit(static_cast<double>(times_y * times_x), rows, columns);
}

/// About so many: a channel has one in each group of planes of which it reads some.
std::int64_t runs_of(const ConvShape& s, const SparseTile& tile, const KeptWeights& kept) {
  const std::int64_t ic = s.ic / s.groups, oc = s.oc / s.groups;
  const std::int64_t channels = std::min(s.oc, ceil_div(tile.planes, ic) * oc);
  return std::min(ceil_div(kept.planes, tile.planes) * channels, s.oc + kept.count);
}

/// Of one tile with sums in so many vectors, each of which is read in `load` cycles for a weight.
double sums_cost(const ConvShape& s, const SparseTile& tile, const KeptWeights& kept,
                 std::int64_t vectors, double load) {
  const auto runs = static_cast<double>(runs_of(s, tile, kept));
  const auto sums = static_cast<double>(vectors);
  return runs * (kRun + kVectorOfRun * sums) +
         static_cast<double>(kept.count) * std::max(kWeight + load * sums, kLeastOfWeight);
}

double lanes_cost(const ConvShape& s, const SparseTile& tile, const KeptWeights& kept) {
  const double copied = static_cast<double>(kept.planes * tile.window_rows) *
                        (kRow + kCopiedVector * static_cast<double>(s.sw * tile.window_columns));
  double cost = 0;
  for_each_size(s, tile, [&](double times, std::int64_t rows, std::int64_t columns) {
    cost += times * (copied + sums_cost(s, tile, kept, rows * columns, 0.5));
  });
  return cost;
}

/// Vectors of rows that aren't multiples of them cross lines of the cache, the wider the oftener.
double planes_cost(const ConvShape& s, const SparseTile& tile, const KeptWeights& kept,
                   std::int64_t lanes) {
  const double load = tile.columns % lanes == 0 ? 0.5 : lanes == 16 ? 1 : 0.75;
  // Rows that lie in the copy as in src are copied at once; of every second column a vector takes
  // two; wider strides are copied one by one.
  const std::int64_t at_once = s.sw == 1 ? lanes : s.sw == 2 ? lanes / 2 : 1;
  const auto vectors = static_cast<double>(tile.columns) / static_cast<double>(at_once);
  const double row = s.sw == 1 && tile.columns == s.iw ? kRowAtOnce : kRow;
  const double copied = static_cast<double>(kept.planes * s.kw * s.sh * tile.window_rows) *
                        (row + kCopiedVector * vectors);
  double cost = 0;
  for_each_size(s, tile, [&](double times, std::int64_t rows, std::int64_t columns) {
    cost += times * (copied + sums_cost(s, tile, kept, ceil_div(rows * columns, lanes), load));
  });
  return cost;
}

/// The cheapest one, if its window fits.
class Cheapest {
 public:
  explicit Cheapest(const KeptWeights& kept) : kept_(kept) {}

  /// `plane_floats` as the window of one plane has.
  template <typename Cost>
  void consider(SparseTile tile, std::int64_t plane_floats, const Cost& cost_of) {
    tile.planes = std::min(window_floats() / plane_floats, std::max<std::int64_t>(kept_.planes, 1));
    if (tile.planes == 0) return;
    const double cost = cost_of(tile);
    if (best_ && cost_ <= cost) return;
    best_ = tile;
    cost_ = cost;
  }

  std::optional<SparseTile> best() const { return best_; }

 private:
  KeptWeights kept_;
  std::optional<SparseTile> best_;
  double cost_ = 0;
};

}  // namespace

std::optional<SparseTile> lanes_tile(const ConvShape& s, const KeptWeights& kept,
                                     std::int64_t lanes) {
  Cheapest cheapest(kept);
  for (std::int64_t rows = 1; rows <= std::min(kSparseTileRows, s.oh); ++rows)
    for (std::int64_t columns = 1; columns <= std::min(sparse_tile_columns(lanes), s.ow);
         ++columns) {
      SparseTile tile{.rows = rows, .columns = columns};
      tile.window_rows = (rows - 1) * s.sh + (s.kh - 1) * s.dh + 1;
      tile.window_columns = columns + (s.kw - 1) * s.dw / s.sw;
      tile.row_floats = s.sw * tile.window_columns * lanes;
      cheapest.consider(tile, tile.window_rows * tile.row_floats,
                        [&](const SparseTile& t) { return lanes_cost(s, t, kept); });
    }
  return cheapest.best();
}

std::optional<SparseTile> planes_tile(const ConvShape& s, const KeptWeights& kept,
                                      std::int64_t lanes) {
  const std::int64_t most = sparse_plane_vectors(lanes) * lanes;
  Cheapest cheapest(kept);
  const auto consider = [&](std::int64_t rows, std::int64_t columns) {
    SparseTile tile{.rows = rows, .columns = columns};
    tile.window_rows = rows + (s.kh - 1) * s.dh / s.sh;
    tile.window_columns = tile.row_floats = columns;
    cheapest.consider(tile, s.kw * s.sh * tile.window_rows * columns,
                      [&](const SparseTile& t) { return planes_cost(s, t, kept, lanes); });
  };
  for (std::int64_t rows = 1; rows <= std::min(most / s.ow, s.oh); ++rows) consider(rows, s.ow);
  for (std::int64_t parts = ceil_div(s.ow, most); ceil_div(s.ow, parts) > lanes; ++parts)
    consider(1, ceil_div(s.ow, parts));
  return cheapest.best();
}

}  // namespace karnin::kernels
