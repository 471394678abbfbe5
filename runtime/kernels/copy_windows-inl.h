// What a tile reads of plain images, shifted and with a border of zeros, in a copy of its own.
#pragma once

#include "runtime/kernels/conv_sparse-inl.h"

namespace karnin::kernels {

/// Elements 0, 2, 4, ... of a and then of b.
template <typename Arch>
[[gnu::always_inline]] inline Vec<Arch> evens(const Vec<Arch>& a, const Vec<Arch>& b) noexcept {
  constexpr int kEven = _MM_SHUFFLE(2, 0, 2, 0);
  if constexpr (kIsAvx512<Arch>) {
    const __m512i at = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
    return _mm512_permutex2var_ps(a, at, b);
  } else if constexpr (kIsAvx2<Arch>) {
    const __m256d pairs = _mm256_castps_pd(_mm256_shuffle_ps(a, b, kEven));
    return _mm256_castpd_ps(_mm256_permute4x64_pd(pairs, _MM_SHUFFLE(3, 1, 2, 0)));
  } else {
    return _mm_shuffle_ps(a, b, kEven);
  }
}

/// The places of a window's row, of which the inside ones are read from src; the others are 0.
/// Rows, too, are there or not.
struct WindowRows {
  std::int64_t src_row, stride;  ///< floats from row to row, and from column to column
  Inside columns, rows;          ///< of the copy
  std::int64_t width, height;    ///< of the copy
};

[[gnu::always_inline]] inline void zero_floats(std::int64_t count, float* dst) noexcept {
  for (std::int64_t i = 0; i < count; ++i) dst[i] = 0;
}

/// Rows that lie in src as in their copy: they are copied as one, and then what came over from
/// their neighbours is overwritten.
template <typename Arch>
class CopyAtOnce {
 public:
  explicit CopyAtOnce(const WindowRows& window) noexcept
      : window_(window),
        floats_((window.rows.end - window.rows.begin - 1) * window.width + window.columns.end -
                window.columns.begin),
        few_(floats_ < kWidth<Arch> ? floats_ : 0) {}

  [[gnu::always_inline]] void operator()(const float* src, float* copy) const noexcept {
    constexpr std::int64_t kW = kWidth<Arch>;
    float* to = copy + window_.columns.begin;
    if (floats_ < kW) {
      few_.store(to, few_.load(src));
    } else {
      for (std::int64_t i = 0; i + kW < floats_; i += kW)
        Vec<Arch>::load_unaligned(src + i).store_unaligned(to + i);
      Vec<Arch>::load_unaligned(src + floats_ - kW).store_unaligned(to + floats_ - kW);
    }
    for (std::int64_t c = 0; c < window_.columns.begin; ++c) zero_column(copy + c);
    for (std::int64_t c = window_.columns.end; c < window_.width; ++c) zero_column(copy + c);
  }

 private:
  [[gnu::always_inline]] void zero_column(float* top) const noexcept {
    for (std::int64_t r = window_.rows.begin; r < window_.rows.end; ++r, top += window_.width)
      *top = 0;
  }

  const WindowRows& window_;
  std::int64_t floats_;
  Partial<Arch> few_;
};

/// Row after row, of which `Every` first or second column is read, and none behind the last.
template <typename Arch, int Every>
class CopyRows {
 public:
  explicit CopyRows(const WindowRows& window) noexcept
      : window_(window),
        count_(window.columns.end - window.columns.begin),
        whole_(count_ > 0 ? (count_ - 1) / kWidth<Arch> * kWidth<Arch> : 0),
        read_(count_ > whole_ ? Every * (count_ - whole_ - 1) + 1 : 0),
        first_(at_most(read_, kWidth<Arch>)),
        second_(read_ - at_most(read_, kWidth<Arch>)),
        last_(count_ - whole_) {}

  [[gnu::always_inline]] void operator()(const float* src, float* copy) const noexcept {
    constexpr std::int64_t kW = kWidth<Arch>;
    for (std::int64_t r = window_.rows.begin; r < window_.rows.end; ++r) {
      zero_floats(window_.columns.begin, copy);
      float* to = copy + window_.columns.begin;
      for (std::int64_t i = 0; i < whole_; i += kW) {
        const float* from = src + Every * i;
        read(Whole<Arch>{}, Whole<Arch>{}, from).store_unaligned(to + i);
      }
      last_.store(to + whole_, read(first_, second_, src + Every * whole_));
      zero_floats(window_.width - window_.columns.end, copy + window_.columns.end);
      src += window_.src_row;
      copy += window_.width;
    }
  }

 private:
  template <typename First, typename Second>
  [[gnu::always_inline]] static Vec<Arch> read(const First& first, const Second& second,
                                               const float* src) noexcept {
    if constexpr (Every == 1)
      return first.load(src);
    else
      return evens<Arch>(first.load(src), second.load(src + kWidth<Arch>));
  }

  const WindowRows& window_;
  std::int64_t count_, whole_, read_;
  Partial<Arch> first_, second_, last_;
};

/// Any stride.
class CopyColumns {
 public:
  explicit CopyColumns(const WindowRows& window) noexcept : window_(window) {}

  [[gnu::always_inline]] void operator()(const float* src, float* copy) const noexcept {
    const auto [begin, end] = window_.columns;
    for (std::int64_t r = window_.rows.begin; r < window_.rows.end; ++r) {
      for (std::int64_t c = 0; c < window_.width; ++c)
        copy[c] = c < begin || c >= end ? 0 : src[(c - begin) * window_.stride];
      src += window_.src_row;
      copy += window_.width;
    }
  }

 private:
  const WindowRows& window_;
};

/// The same window of several planes; src is that of plane 0, at the first place inside.
struct PlaneWindows {
  const float* src;
  std::int64_t src_floats;  ///< of a plane
  const std::uint32_t *planes, *end;
  float* copies;
  std::int64_t copy_floats;  ///< from one plane's to the next one's
};

template <typename Arch, typename Copy>
[[gnu::noinline]] void copy_each(const WindowRows& window, const PlaneWindows& where) noexcept {
  const Copy copy(window);
  const std::int64_t before = window.rows.begin * window.width;
  const std::int64_t inside = window.rows.end * window.width;
  float* to = where.copies;
  for (const std::uint32_t* p = where.planes; p < where.end; ++p, to += where.copy_floats) {
    zero_floats(before, to);
    copy(where.src + *p * where.src_floats, to + before);
    zero_floats(window.height * window.width - inside, to + inside);
  }
}

template <typename Arch>
void copy_windows(const WindowRows& window, const PlaneWindows& where) noexcept {
  const bool any = window.columns.end > window.columns.begin && window.rows.end > window.rows.begin;
  if (window.stride == 1 && window.src_row == window.width && any)
    copy_each<Arch, CopyAtOnce<Arch>>(window, where);
  else if (window.stride == 1)
    copy_each<Arch, CopyRows<Arch, 1>>(window, where);
  else if (window.stride == 2)
    copy_each<Arch, CopyRows<Arch, 2>>(window, where);
  else
    copy_each<Arch, CopyColumns>(window, where);
}

}  // namespace karnin::kernels
