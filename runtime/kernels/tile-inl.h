// The register tile behind every dense product: C = [relu](init + A . B), with C's columns in the
// vector lanes. An element of C starts from init and takes one FMA a step, in ascending order,
// whatever tile it falls into.
#pragma once

#include "runtime/kernels/lanes-inl.h"

namespace karnin::kernels {

/// (m x k) . (k x n), by strides, so that A may be transposed and B packed or plain.
struct Product {
  std::int64_t m, n, k;
  const float* a;  ///< A[i][s] = a[i * a_row + s * a_step]
  std::int64_t a_row, a_step;
  const float* b;  ///< B[s][j] = b[s * b_step + j]
  std::int64_t b_step;
  const float* init;  ///< init[i * init_row + j]; null for zeros; may be c
  std::int64_t init_row;
  float* c;  ///< c[i * c_row + j]
  std::int64_t c_row;
  bool relu;
};

/// Widest tile, in vectors. With 4 rows its B vectors, accumulators and one broadcast of A fill the
/// 16 registers, and there are chains enough to hide the latency of an FMA (4 cycles, 2 a cycle:
/// 8).
inline constexpr int kTileVectors = 3;

/// Rows of a tile that is `vectors` wide.
template <typename Arch>
constexpr int tile_rows(int vectors) noexcept {
  const int accumulators = kIsAvx512<Arch> ? 24 : 12, most = kIsAvx512<Arch> ? 12 : 8;
  return accumulators / vectors < most ? accumulators / vectors : most;
}

/// Steps of k between visits to C: the part of B that a column of tiles shares, k x 3 vectors, has
/// to stay in the first-level cache.
inline constexpr std::int64_t kDepth = 256;

template <typename Arch, int Rows, int Vectors, typename Last>
[[gnu::noinline]] void tile(const Product& p, Last last) noexcept {
  constexpr std::int64_t kW = kWidth<Arch>;
  constexpr int kLast = Vectors - 1;
  const auto load = [last](const float* src, int v) __attribute__((always_inline)) {
    return v == kLast ? last.load(src + v * kW) : Vec<Arch>::load_unaligned(src + v * kW);
  };
  Vec<Arch> acc[Rows][Vectors];
#pragma GCC unroll 16
  for (int r = 0; r < Rows; ++r)
#pragma GCC unroll 4
    for (int v = 0; v < Vectors; ++v)
      acc[r][v] = p.init == nullptr ? Vec<Arch>(0.0F) : load(p.init + r * p.init_row, v);

  const float *a = p.a, *b = p.b;
  for (std::int64_t s = 0; s < p.k; ++s, a += p.a_step, b += p.b_step) {
    Vec<Arch> column[Vectors];
#pragma GCC unroll 4
    for (int v = 0; v < Vectors; ++v) column[v] = load(b, v);
#pragma GCC unroll 16
    for (int r = 0; r < Rows; ++r) {
      const Vec<Arch> broadcast(a[r * p.a_row]);
#pragma GCC unroll 4
      for (int v = 0; v < Vectors; ++v) acc[r][v] = fma<Arch>(broadcast, column[v], acc[r][v]);
    }
  }

  if (p.relu) {
#pragma GCC unroll 16
    for (int r = 0; r < Rows; ++r)
#pragma GCC unroll 4
      for (int v = 0; v < Vectors; ++v) acc[r][v] = positive<Arch>(acc[r][v]);
  }
  float* c = p.c;
  const std::int64_t c_row = p.c_row;
#pragma GCC unroll 16
  for (int r = 0; r < Rows; ++r, c += c_row) {
#pragma GCC unroll 4
    for (int v = 0; v < kLast; ++v) acc[r][v].store_unaligned(c + v * kW);
    last.store(c + kLast * kW, acc[r][kLast]);
  }
}

/// The last p.m < Rows rows.
template <typename Arch, int Rows, int Vectors, typename Last>
void tile_remainder(const Product& p, Last last) noexcept {
  if constexpr (Rows > 1) {
    if (p.m == Rows - 1)
      tile<Arch, Rows - 1, Vectors>(p, last);
    else
      tile_remainder<Arch, Rows - 1, Vectors>(p, last);
  }
}

/// All rows of a column of tiles that is Vectors wide, the last vector accessed through `last`.
template <typename Arch, int Vectors, typename Last>
void tile_column(Product p, Last last) noexcept {
  constexpr int kRows = tile_rows<Arch>(Vectors);
  for (; p.m >= kRows; p.m -= kRows) {
    tile<Arch, kRows, Vectors>(p, last);
    p.a += kRows * p.a_row;
    p.c += kRows * p.c_row;
    if (p.init != nullptr) p.init += kRows * p.init_row;
  }
  tile_remainder<Arch, kRows, Vectors>(p, last);
}

/// A column of tiles of p.n columns, at most kTileVectors vectors.
template <typename Arch, int Vectors = kTileVectors>
void tile_column(const Product& p) noexcept {
  constexpr std::int64_t kW = kWidth<Arch>;
  if (p.n == Vectors * kW) return tile_column<Arch, Vectors>(p, Whole<Arch>{});
  if (p.n > (Vectors - 1) * kW)
    return tile_column<Arch, Vectors>(p, Partial<Arch>(p.n - (Vectors - 1) * kW));
  if constexpr (Vectors > 1) tile_column<Arch, Vectors - 1>(p);
}

/// The product of columns [first, first + count) of B alone.
[[gnu::always_inline]] inline Product columns_of(Product p, std::int64_t first,
                                                 std::int64_t count) noexcept {
  p.n = count;
  p.b += first;
  p.c += first;
  if (p.init != nullptr) p.init += first;
  return p;
}

/// body(slice, k) for every slice [k, k + slice.k) of the sum. From the second on a slice starts
/// from what the one before left in C.
template <typename Body>
[[gnu::always_inline]] inline void for_each_slice(const Product& p, const Body& body) noexcept {
  Product slice = p;
  for (std::int64_t k = 0; k < p.k; k += kDepth) {
    slice.k = p.k - k < kDepth ? p.k - k : kDepth;
    slice.a = p.a + k * p.a_step;
    slice.b = p.b + k * p.b_step;
    slice.relu = p.relu && k + slice.k == p.k;
    body(slice, k);
    slice.init = p.c;
    slice.init_row = p.c_row;
  }
}

}  // namespace karnin::kernels
