// Systems of equations whose matrix is symmetric and positive definite, by block elimination:
// panels of a few rows in double precision, and all that is costly as products of matrices.
#pragma once

#include <cstdint>
#include <span>

#include "runtime/core/aligned.h"

namespace karnin {

/// Both triangles, in plain rows. One thread at a time.
class SymmetricMatrix {
 public:
  /// Rows that are taken out together.
  static constexpr std::int64_t kPanel = 64;

  explicit SymmetricMatrix(std::int64_t size)
      : size_(size), stride_(size), values_(static_cast<std::size_t>(size * size)) {}

  std::int64_t size() const { return size_; }
  float* row(std::int64_t i) { return values_.data() + i * stride_; }
  const float* row(std::int64_t i) const { return values_.data() + i * stride_; }

  /// Becomes the rows and columns of these indices of another matrix, in their order. At most as
  /// many as this one was made for.
  void gather(const SymmetricMatrix& from, std::span<const std::int32_t> indices);

  /// Takes the last rows, at most kPanel, out of a system M x = b: with S for those that stay and P
  /// for the others, M becomes M_SS - M_SP M_PP^-1 M_PS, and smaller. Where P stood there are
  /// M_PP^-1 M_PS and, on the diagonal, M_PP^-1.
  void take_out(std::int64_t panel);
  /// b becomes what take_out() makes of the right-hand side: b_S - (M_PP^-1 M_PS)^T b_P, for the
  /// panel that was taken out last; b_P stays as it is.
  void take_out_of(std::span<double> b, std::int64_t panel) const;

  /// Takes all rows out, from the last to the first.
  void factorise();
  /// After factorise() of as many rows: the x of M x = b in place of b.
  void solve(std::span<double> b) const;
  /// Becomes its own inverse; not after gather().
  void invert();

 private:
  std::int64_t size_;
  std::int64_t stride_;
  AlignedVector<float> values_;
};

}  // namespace karnin
