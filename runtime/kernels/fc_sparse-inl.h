// Fully connected layers over the kept weights alone. A group of rows advances together, so that
// its accumulators are independent chains and its loop has one trip count.
#pragma once

#include "runtime/kernels/kernels.h"
#include "runtime/kernels/transpose-inl.h"

namespace karnin::kernels {

/// Images of a block. Two vectors, so that the broadcast of a weight serves two FMAs, and the
/// activations of a few hundred inputs still fit the first-level cache.
template <typename Arch>
inline constexpr std::int64_t kSparseLanes = 2 * kWidth<Arch>;

/// A block of src and one of dst.
template <typename Arch>
std::size_t fc_sparse_scratch(std::int64_t ic, std::int64_t oc) noexcept {
  return static_cast<std::size_t>((ic + oc) * kSparseLanes<Arch>);
}

/// dst[row][lane] of one group, from src[column][lane], for Vectors vectors of images. Columns and
/// rows are Stride floats apart, the vectors of one of them src_vector and dst_vector.
template <typename Arch, int Vectors, std::int64_t Stride>
[[gnu::always_inline]] inline void sparse_group(const SparseView& w, std::int64_t group,
                                                const float* src, std::int64_t src_vector,
                                                const float* bias, bool relu, float* dst,
                                                std::int64_t dst_vector) noexcept {
  const std::uint32_t* rows = w.group_rows + group * kSparseGroup;
  Vec<Arch> acc[kSparseGroup][Vectors];
#pragma GCC unroll 4
  for (int r = 0; r < kSparseGroup; ++r)
#pragma GCC unroll 2
    for (int v = 0; v < Vectors; ++v) acc[r][v] = Vec<Arch>(rows[r] < w.oc ? bias[rows[r]] : 0.0F);

  const SparseEntry* entry = w.entries + w.group_ptr[group] * kSparseGroup;
  const SparseEntry* end = w.entries + w.group_ptr[group + 1] * kSparseGroup;
  for (; entry != end; entry += kSparseGroup)
#pragma GCC unroll 4
    for (int r = 0; r < kSparseGroup; ++r) {
      const float* x = src + entry[r].column * Stride;
      const Vec<Arch> weight(entry[r].weight);
#pragma GCC unroll 2
      for (int v = 0; v < Vectors; ++v)
        acc[r][v] = fma<Arch>(weight, Vec<Arch>::load_unaligned(x + v * src_vector), acc[r][v]);
    }

#pragma GCC unroll 4
  for (int r = 0; r < kSparseGroup; ++r) {
    if (rows[r] >= w.oc) continue;
#pragma GCC unroll 2
    for (int v = 0; v < Vectors; ++v)
      (relu ? positive<Arch>(acc[r][v]) : acc[r][v])
          .store_unaligned(dst + rows[r] * Stride + v * dst_vector);
  }
}

template <typename Arch, int Vectors, std::int64_t Stride>
[[gnu::noinline]] void sparse_groups(const SparseView& w, const float* src, std::int64_t src_vector,
                                     const float* bias, bool relu, float* dst,
                                     std::int64_t dst_vector) noexcept {
  for (std::int64_t group = 0; group < w.groups; ++group)
    sparse_group<Arch, Vectors, Stride>(w, group, src, src_vector, bias, relu, dst, dst_vector);
}

/// A block of up to Vectors vectors of images.
template <typename Arch, int Vectors>
void sparse_block(const SparseView& w, std::int64_t images, const float* src, const float* bias,
                  bool relu, float* dst, float* scratch) noexcept {
  constexpr std::int64_t kW = kWidth<Arch>, kLanes = Vectors * kW;
  float* turned_dst = scratch + w.ic * kLanes;
  to_lanes<Arch>(images, w.ic, src, w.ic, scratch, kLanes);
  sparse_groups<Arch, Vectors, kLanes>(w, scratch, kW, bias, relu, turned_dst, kW);
  from_lanes<Arch>(images, w.oc, turned_dst, kLanes, dst, w.oc);
}

template <typename Arch>
void fc_sparse_lanes(const SparseView& w, std::int64_t rows, const float* src, const float* bias,
                     bool relu, float* dst, float* scratch) noexcept {
  while (rows > 0) {
    const std::int64_t images = rows < kSparseLanes<Arch> ? rows : kSparseLanes<Arch>;
    if (images > kWidth<Arch>)
      sparse_block<Arch, 2>(w, images, src, bias, relu, dst, scratch);
    else
      sparse_block<Arch, 1>(w, images, src, bias, relu, dst, scratch);
    rows -= images;
    src += images * w.ic;
    dst += images * w.oc;
  }
}

/// dst of one image. Numbers instead of vectors: a hardware gather is no faster than the loads that
/// it is made of, and would have to be summed over lanes in the end.
template <typename Arch>
void sparse_image(const SparseView& w, const float* src, const float* bias, bool relu,
                  float* dst) noexcept {
  for (std::int64_t group = 0; group < w.groups; ++group) {
    const std::uint32_t* rows = w.group_rows + group * kSparseGroup;
    float acc[kSparseGroup];
#pragma GCC unroll 4
    for (int r = 0; r < kSparseGroup; ++r) acc[r] = rows[r] < w.oc ? bias[rows[r]] : 0.0F;
    const SparseEntry* entry = w.entries + w.group_ptr[group] * kSparseGroup;
    const SparseEntry* end = w.entries + w.group_ptr[group + 1] * kSparseGroup;
    for (; entry != end; entry += kSparseGroup)
#pragma GCC unroll 4
      for (int r = 0; r < kSparseGroup; ++r)
        acc[r] = fma<Arch>(entry[r].weight, src[entry[r].column], acc[r]);
#pragma GCC unroll 4
    for (int r = 0; r < kSparseGroup; ++r)
      if (rows[r] < w.oc) dst[rows[r]] = relu && acc[r] < 0.0F ? 0.0F : acc[r];
  }
}

template <typename Arch>
void fc_sparse_gather(const SparseView& w, std::int64_t rows, const float* src, const float* bias,
                      bool relu, float* dst) noexcept {
  for (std::int64_t row = 0; row < rows; ++row)
    sparse_image<Arch>(w, src + row * w.ic, bias, relu, dst + row * w.oc);
}

}  // namespace karnin::kernels
