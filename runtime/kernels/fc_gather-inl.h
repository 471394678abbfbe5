// Fully connected layers over the kept weights alone, one image at a time: the smallest batches.
// A step is a weight of each of eight rows, and an activation is loaded for each of them: such
// loads, and the instructions that find out where they read, are what the loop takes.
#pragma once

#include "runtime/kernels/fc_sparse-inl.h"

namespace karnin::kernels {

/// The sums of a group, in one vector where there is one so wide.
template <typename Arch>
class GroupSums {
  static_assert(kGatherGroup == 8);

 public:
  [[gnu::always_inline]] explicit GroupSums(const float* src) noexcept {
    if constexpr (kWide)
      sums_ = {_mm256_loadu_ps(src)};
    else
      sums_ = {_mm_loadu_ps(src), _mm_loadu_ps(src + 4)};
  }

  /// Adds weights[0, 8) times the activations of the first four rows and of the last four.
  [[gnu::always_inline]] void add(const float* weights, __m128 first, __m128 last) noexcept {
    if constexpr (kWide)
      sums_.all =
          _mm256_fmadd_ps(_mm256_loadu_ps(weights), _mm256_set_m128(last, first), sums_.all);
    else
      sums_ = {fma<Arch>(_mm_loadu_ps(weights), first, sums_.first),
               fma<Arch>(_mm_loadu_ps(weights + 4), last, sums_.last)};
  }

  [[gnu::always_inline]] void store(float* dst) const noexcept {
    if constexpr (kWide) {
      _mm256_storeu_ps(dst, sums_.all);
    } else {
      _mm_storeu_ps(dst, sums_.first);
      _mm_storeu_ps(dst + 4, sums_.last);
    }
  }

 private:
  static constexpr bool kWide = kIsAvx2<Arch> || kIsAvx512<Arch>;
  struct Whole {
    __m256 all;
  };
  struct Halves {
    __m128 first, last;
  };
  std::conditional_t<kWide, Whole, Halves> sums_;
};

/// Number r of four offsets. A rotation does with BMI2 in one instruction what a copy and a shift
/// do in two.
[[gnu::always_inline]] inline std::uint64_t rotated(std::uint64_t offsets, int r) noexcept {
  if (r == 3) return offsets >> 48;
  const int bits = 16 * r;
  return static_cast<std::uint16_t>(r == 0 ? offsets : offsets >> bits | offsets << (64 - bits));
}

/// What rows [first, first + 4) of a step read. Four loads put together: a hardware gather takes
/// longer.
[[gnu::always_inline]] inline __m128 four_activations(const std::byte* step, int first,
                                                      const float* src) noexcept {
  const std::uint64_t offsets = four_offsets<kGatherGroup>(step, first);
  const auto read = [&](int r) __attribute__((always_inline)) {
    return *reinterpret_cast<const float*>(reinterpret_cast<const char*>(src) +
                                           rotated(offsets, r));
  };
  return _mm_setr_ps(read(0), read(1), read(2), read(3));
}

/// Steps in a row, and the cache lines that they fill.
inline constexpr std::int64_t kGatherSteps = 4;
inline constexpr std::int64_t kGatherBytes = kGatherSteps * sparse_step_bytes(kGatherGroup);
inline constexpr std::int64_t kLineBytes = 64;
static_assert(kGatherBytes % kLineBytes == 0);

/// How far ahead of its use a weight is fetched: what memory takes to answer. The processor's
/// own prefetching stops at every page.
inline constexpr std::int64_t kAheadBytes = 4096;

template <typename Arch>
[[gnu::always_inline]] inline void gather_steps(const std::byte* step, const std::byte* end,
                                                const float* src, GroupSums<Arch>& sums) noexcept {
  constexpr std::int64_t kStep = sparse_step_bytes(kGatherGroup);
  const auto add = [&](const std::byte* one) __attribute__((always_inline)) {
    sums.add(reinterpret_cast<const float*>(one), four_activations(one, 0, src),
             four_activations(one, 4, src));
  };
  for (; end - step >= kGatherBytes; step += kGatherBytes) {
#pragma GCC unroll 4
    for (std::int64_t line = 0; line < kGatherBytes; line += kLineBytes)
      __builtin_prefetch(step + kAheadBytes + line);
#pragma GCC unroll 4
    for (std::int64_t i = 0; i < kGatherSteps; ++i) add(step + i * kStep);
  }
  for (; step != end; step += kStep) add(step);
}

/// One group for one image.
template <typename Arch>
[[gnu::always_inline]] inline void gather_group(const SparsePanel& panel, std::int64_t group,
                                                const float* src, float* dst) noexcept {
  const SparseView& w = panel.w;
  const std::uint32_t* rows = w.group_rows + group * kGatherGroup;
  float lanes[kGatherGroup];
#pragma GCC unroll 8
  for (int r = 0; r < kGatherGroup; ++r) {
    lanes[r] = 0.0F;
    if (rows[r] < w.oc) lanes[r] = panel.starts() ? panel.bias[rows[r]] : dst[rows[r]];
  }

  constexpr std::int64_t kStep = sparse_step_bytes(kGatherGroup);
  GroupSums<Arch> sums(lanes);
  gather_steps<Arch>(w.steps + w.group_ptr[group] * kStep, w.steps + w.group_ptr[group + 1] * kStep,
                     src, sums);
  sums.store(lanes);

  const bool relu = panel.relu && panel.ends();
#pragma GCC unroll 8
  for (int r = 0; r < kGatherGroup; ++r)
    if (rows[r] < w.oc) dst[rows[r]] = relu && lanes[r] < 0.0F ? 0.0F : lanes[r];
}

template <typename Arch>
void fc_sparse_gather(const SparseView& w, std::int64_t rows, const float* src, const float* bias,
                      bool relu, float* dst) noexcept {
  for_each_panel<Arch, kGatherGroup>(w, bias, relu, [&](const SparsePanel& panel) {
    for (std::int64_t row = 0; row < rows; ++row) {
      const float* x = src + row * w.ic + panel.tile * w.tile_columns;
      for (std::int64_t group = panel.first; group < panel.last; ++group)
        gather_group<Arch>(panel, panel.tile * w.groups + group, x, dst + row * w.oc);
    }
  });
}

}  // namespace karnin::kernels
