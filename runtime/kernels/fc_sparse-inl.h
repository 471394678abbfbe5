// Fully connected layers over the kept weights alone. A group of rows advances together, so that
// its accumulators are independent chains and its loop has one trip count. Sums wait in dst from
// one tile of columns to the next: they stay the same chain of FMAs.
#pragma once

#include "runtime/kernels/kernels.h"
#include "runtime/kernels/transpose-inl.h"

namespace karnin::kernels {

/// Rows that are run over all images before the next ones: their weights stay in the second-level
/// cache, and their sums too.
inline constexpr std::int64_t kPanelRows = 1024;

/// Images that are turned at once where the weights lie near the core: two blocks, whose
/// activations stay there, too.
template <typename Arch>
inline constexpr std::int64_t kFewImages = 2 * kWidth<Arch>;
inline constexpr std::uint64_t kNearSteps = 8192;  // 192 KiB of weights and offsets

/// Some groups of one tile of weights, and what happens to the sums before and after it.
struct SparsePanel {
  const SparseView& w;
  std::int64_t tile;
  std::int64_t first;  ///< group of the tile
  std::int64_t last;   ///< beyond it
  const float* bias;
  bool relu;

  [[gnu::always_inline]] bool starts() const noexcept { return tile == 0; }
  [[gnu::always_inline]] bool ends() const noexcept { return tile + 1 == w.tiles; }
};

/// Calls run(panel) for every panel of every tile, tile by tile.
template <typename Arch, std::int64_t Group, typename Run>
[[gnu::always_inline]] inline void for_each_panel(const SparseView& w, const float* bias, bool relu,
                                                  const Run& run) noexcept {
  constexpr std::int64_t kGroups = kPanelRows / Group;
  for (std::int64_t tile = 0; tile < w.tiles; ++tile)
    for (std::int64_t first = 0; first < w.groups; first += kGroups) {
      const std::int64_t last = first + kGroups < w.groups ? first + kGroups : w.groups;
      run(SparsePanel{w, tile, first, last, bias, relu});
    }
}

/// The offsets of rows [first, first + 4) of a step, the first one lowest.
template <std::int64_t Group>
[[gnu::always_inline]] inline std::uint64_t four_offsets(const std::byte* step,
                                                         std::int64_t first) noexcept {
  std::uint64_t offsets = 0;
  __builtin_memcpy(&offsets, step + Group * 4 + first * 2, sizeof offsets);
  return offsets;
}

/// The activation Scale times `offset` bytes behind src, r being the row of the group that reads
/// it.
template <int Scale>
[[gnu::always_inline]] inline const float* activation(const float* src, std::uint64_t offsets,
                                                      int r) noexcept {
  return reinterpret_cast<const float*>(
      reinterpret_cast<const char*>(src) +
      Scale * std::int64_t{static_cast<std::uint16_t>(offsets >> (16 * r))});
}

/// How images lie in src: in blocks of one vector, or two blocks interleaved by column, so that the
/// loads of one weight share a cache line and never a bank of it.
enum class SrcOrder { blocks, pairs };

/// Where a panel reads and writes: blocks of images, so many floats apart.
template <typename Arch>
struct PanelLanes {
  const float* src;  ///< the tile's first column
  std::int64_t src_block;
  float* dst;
  std::int64_t dst_block;
  Vec<Arch> floor;  ///< what sums rise to in the end
};

/// dst[row][lane] of one group, from src[column][lane]. Only `count` of its rows are there.
template <typename Arch, int Blocks, int Scale>
[[gnu::always_inline]] inline void sparse_group(const SparsePanel& panel, std::int64_t group,
                                                int count, const PanelLanes<Arch>& at) noexcept {
  constexpr std::int64_t kW = kWidth<Arch>;
  const SparseView& w = panel.w;
  const std::uint32_t* rows = w.group_rows + group * kSparseGroup;
  const auto sums = [&](int r, int b) { return at.dst + rows[r] * kW + b * at.dst_block; };
  Vec<Arch> acc[kSparseGroup][Blocks];
#pragma GCC unroll 4
  for (int r = 0; r < kSparseGroup; ++r)
#pragma GCC unroll 2
    for (int b = 0; b < Blocks; ++b) {
      if (r >= count)
        acc[r][b] = Vec<Arch>(0.0F);
      else if (panel.starts())
        acc[r][b] = Vec<Arch>(panel.bias[rows[r]]);
      else
        acc[r][b] = Vec<Arch>::load_unaligned(sums(r, b));
    }

  constexpr std::int64_t kStep = sparse_step_bytes(kSparseGroup);
  const std::byte* const end = w.steps + w.group_ptr[group + 1] * kStep;
  for (const std::byte* step = w.steps + w.group_ptr[group] * kStep; step != end; step += kStep) {
    const std::uint64_t offsets = four_offsets<kSparseGroup>(step, 0);
    const Four<Arch> weights(reinterpret_cast<const float*>(step));
#pragma GCC unroll 4
    for (int r = 0; r < kSparseGroup; ++r) {
      const float* x = activation<Scale>(at.src, offsets, r);
      const Vec<Arch> weight = weights[r];
#pragma GCC unroll 2
      for (int b = 0; b < Blocks; ++b)
        acc[r][b] = fma<Arch>(weight, Vec<Arch>::load_unaligned(x + b * at.src_block), acc[r][b]);
    }
  }

#pragma GCC unroll 4
  for (int r = 0; r < kSparseGroup; ++r)
#pragma GCC unroll 2
    for (int b = 0; r < count && b < Blocks; ++b)
      xsimd::max(at.floor, acc[r][b]).store_unaligned(sums(r, b));
}

template <typename Arch, int Blocks, SrcOrder Order>
[[gnu::noinline]] void sparse_panel(const SparsePanel& panel, const float* src,
                                    float* dst) noexcept {
  constexpr std::int64_t kW = kWidth<Arch>;
  constexpr int kScale = Order == SrcOrder::pairs ? Blocks : 1;
  const SparseView& w = panel.w;
  const bool relu = panel.relu && panel.ends();
  const PanelLanes<Arch> at{.src = src + panel.tile * w.tile_columns * kW * kScale,
                            .src_block = Order == SrcOrder::pairs ? kW : w.ic * kW,
                            .dst = dst,
                            .dst_block = w.oc * kW,
                            .floor = Vec<Arch>(relu ? 0.0F : -__builtin_inff())};
  const std::int64_t whole =
      w.rows / kSparseGroup < panel.last ? w.rows / kSparseGroup : panel.last;
  std::int64_t group = panel.first;
  for (; group < whole; ++group)
    sparse_group<Arch, Blocks, kScale>(panel, panel.tile * w.groups + group, kSparseGroup, at);
  if (group < panel.last)
    sparse_group<Arch, Blocks, kScale>(panel, panel.tile * w.groups + group,
                                       static_cast<int>(w.rows % kSparseGroup), at);
}

template <typename Arch, SrcOrder Order>
void fc_lanes_sparse(const FcShape& s, const SparseView& w, const float* src, const float* bias,
                     bool relu, float* dst) noexcept {
  constexpr std::int64_t kW = kWidth<Arch>;
  for_each_panel<Arch, kSparseGroup>(w, bias, relu, [&](const SparsePanel& panel) {
    std::int64_t row = 0;  // Two blocks, so that the spreading of a weight serves two FMAs.
    for (; row + kW < s.rows; row += 2 * kW)
      sparse_panel<Arch, 2, Order>(panel, src + row * w.ic, dst + row * w.oc);
    if (row < s.rows) sparse_panel<Arch, 1, Order>(panel, src + row * w.ic, dst + row * w.oc);
  });
}

/// `rows`, or as many of them as a pass takes, in whole blocks.
template <typename Arch>
std::int64_t sparse_pass(std::int64_t rows, std::int64_t most) noexcept {
  constexpr std::int64_t kW = kWidth<Arch>;
  return rows < most ? (rows + kW - 1) / kW * kW : most;
}

/// A last block that has no other is by itself.
template <typename Arch>
void rows_to_pairs(std::int64_t images, std::int64_t floats, const float* rows,
                   float* pairs) noexcept {
  constexpr std::int64_t kPair = 2 * kWidth<Arch>;
  for (std::int64_t image = 0; image < images; image += kPair) {
    const std::int64_t left = images - image;
    to_lanes<Arch>(left < kPair ? left : kPair, floats, rows + image * floats, floats,
                   pairs + image * floats, left <= kWidth<Arch> ? kWidth<Arch> : kPair);
  }
}

template <typename Arch>
std::size_t fc_sparse_scratch(const FcShape& s) noexcept {
  return static_cast<std::size_t>((s.ic + s.oc) * sparse_pass<Arch>(s.rows, kSparsePass));
}

template <typename Arch>
void fc_sparse_lanes(const SparseView& w, std::int64_t rows, const float* src, const float* bias,
                     bool relu, float* dst, float* scratch) noexcept {
  const bool near = w.group_ptr[w.tiles * w.groups] - w.group_ptr[0] <= kNearSteps;
  const std::int64_t most = near ? kFewImages<Arch> : kSparsePass;
  for (std::int64_t first = 0; first < rows; first += most) {
    const std::int64_t images = rows - first < most ? rows - first : most;
    const std::int64_t lanes = sparse_pass<Arch>(images, most);
    float* sums = scratch + lanes * w.ic;
    rows_to_pairs<Arch>(images, w.ic, src + first * w.ic, scratch);
    fc_lanes_sparse<Arch, SrcOrder::pairs>({lanes, w.ic, w.oc}, w, scratch, bias, relu, sums);
    blocks_to_rows<Arch>(images, w.oc, sums, dst + first * w.oc);
  }
}

}  // namespace karnin::kernels
