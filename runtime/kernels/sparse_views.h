// Sparse weights as the kernels walk them; PackedSparse (fc_sparse.h) and PackedConvTiles
// (conv_sparse.h) make and own them.
#pragma once

#include <cstddef>
#include <cstdint>

namespace karnin::kernels {

/// Rows of sparse weights that are computed together with images in the lanes: as many independent
/// FMA chains a vector, and as many 16-bit offsets as one load fetches.
inline constexpr std::int64_t kSparseGroup = 4;
/// The same for one image at a time: rows fill the vector, and two chains hide an FMA's latency.
inline constexpr std::int64_t kGatherGroup = 8;

/// Bytes of a step of a group of so many rows: a weight (f32) of each, then an offset (u16) of
/// each.
constexpr std::int64_t sparse_step_bytes(std::int64_t group) noexcept { return group * 6; }

/// Sparse weights as the kernels walk them; a PackedSparse (fc_sparse.h) makes and owns it.
/// Columns are cut into tiles. Within one, a group is so many rows side by side, filled up to its
/// longest with zero weights: a step is one weight of each row, and where it reads. All steps are
/// one stream, in the order in which they are used.
struct SparseView {
  std::int64_t ic;
  std::int64_t oc;    ///< of the whole layer: activations are so far apart
  std::int64_t rows;  ///< of those, how many are in here
  std::int64_t tiles;
  std::int64_t tile_columns;        ///< of every tile but the last, which may have fewer
  std::int64_t groups;              ///< a tile
  const std::uint64_t* group_ptr;   ///< tiles * groups + 1; where a group starts, in steps
  const std::uint32_t* group_rows;  ///< of every group; oc stands for "no row"
  const std::byte* steps;  ///< offsets: in bytes, from the activation of the tile's first column
};

/// Which weights of an (oc x ic) matrix are kept.
struct SparsePattern {
  const std::uint32_t* row_ptr;  ///< oc + 1
  const std::uint32_t* col_idx;  ///< ascending within a row
};

/// Images that are turned into the lanes at once, at most: so many that weights too large for the
/// second-level cache are read seldom.
inline constexpr std::int64_t kSparsePass = 64;

/// One kept weight of a convolution; see SparseRows.
struct SparseEntry {
  std::uint32_t column;
  float weight;
};

/// The kept weights of a convolution, by output channel: `column` of an entry is where its tap
/// reads, in floats from the first one of the window.
struct SparseRows {
  const std::uint32_t* row_ptr;  ///< oc + 1
  const SparseEntry* entries;
};

/// How a sparse convolution is cut: a tile is `rows` x `columns` outputs of every channel, and
/// reads, a few `planes` of src at a time, a copy of its window that stays in the first-level
/// cache. In the copy, [plane][window_rows][stride][window_columns][lanes], what lies outside src
/// is 0, and columns that are a stride apart lie side by side, so that any output's taps are as far
/// from its own place as any other's. Of a plain image the copy is [plane][kw][sh][window_rows]
/// [columns]: for each column of the kernel what the outputs read through it, row below row, so
/// that positions fill vectors whatever the width.
struct SparseTile {
  std::int64_t rows = 0, columns = 0, planes = 0;
  std::int64_t window_rows = 0, window_columns = 0;  ///< the latter of each of the sw phases
  std::int64_t row_floats = 0;                       ///< of a window
};

/// What an output channel reads of a group of planes: the entries up to those of the next run.
struct SparseRun {
  std::uint32_t oc, first_entry;
  bool starts, ends;  ///< the channel's first run, its last one
};

/// The kept weights of a convolution in tiles: by group of planes, then output channel. `column` of
/// an entry is where its tap reads, in floats from where output (0, 0) of the tile does. Planes
/// that nobody reads are in no group, and every channel has a run; there is one group at least.
struct SparseTiles {
  SparseTile tile;
  const std::uint32_t* planes = nullptr;  ///< of src, `used` of them, tile.planes to a group
  std::int64_t used = 0, groups = 0;
  const std::uint32_t* first_run = nullptr;  ///< by group, and the end
  const SparseRun* runs = nullptr;           ///< and one behind them
  const SparseEntry* entries = nullptr;
};

/// The most outputs of a tile whose sums stay in registers.
inline constexpr std::int64_t kSparseTileRows = 2;
constexpr std::int64_t sparse_tile_columns(std::int64_t lanes) noexcept {
  return lanes == 16 ? 14 : 6;  // with 32 registers, with 16
}

/// The most vectors of positions whose sums stay in registers.
constexpr std::int64_t sparse_plane_vectors(std::int64_t lanes) noexcept {
  return lanes == 16 ? 28 : lanes == 8 ? 14 : 12;
}

/// Floats of the copied windows of a group of planes, at most.
inline constexpr std::int64_t kTileWindowFloats = std::int64_t{9} << 10;

}  // namespace karnin::kernels
