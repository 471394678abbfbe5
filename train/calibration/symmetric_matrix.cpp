#include "train/calibration/symmetric_matrix.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <vector>

#include "runtime/onednn/gemm.h"

namespace karnin {
namespace {

constexpr std::int64_t kPanel = SymmetricMatrix::kPanel;
using PanelSquare = std::array<double, static_cast<std::size_t>(kPanel* kPanel)>;

/// Rounding may leave nothing of a pivot that damping keeps above 0.
constexpr double kLeastPivot = 1e-30;

/// a = L L^T in place of its lower triangle, n x n.
void cholesky(PanelSquare& a, std::int64_t n) {
  const auto at = [&](std::int64_t i, std::int64_t j) -> double& {
    return a[static_cast<std::size_t>(i * kPanel + j)];
  };
  for (std::int64_t j = 0; j < n; ++j) {
    for (std::int64_t k = 0; k < j; ++k) at(j, j) -= at(j, k) * at(j, k);
    at(j, j) = std::sqrt(std::max(at(j, j), kLeastPivot));
    for (std::int64_t i = j + 1; i < n; ++i) {
      for (std::int64_t k = 0; k < j; ++k) at(i, j) -= at(i, k) * at(j, k);
      at(i, j) /= at(j, j);
    }
  }
}

/// The inverse of L L^T, n x n, dense rows of n.
std::vector<float> inverse_of(const PanelSquare& lower, std::int64_t n) {
  const auto at = [&](std::int64_t i, std::int64_t j) {
    return lower[static_cast<std::size_t>(i * kPanel + j)];
  };
  std::vector<float> inverse(static_cast<std::size_t>(n * n));
  std::array<double, static_cast<std::size_t>(kPanel)> x{};
  for (std::int64_t c = 0; c < n; ++c) {
    for (std::int64_t i = 0; i < n; ++i) {
      double sum = i == c ? 1 : 0;
      for (std::int64_t k = c; k < i; ++k) sum -= at(i, k) * x[static_cast<std::size_t>(k)];
      x[static_cast<std::size_t>(i)] = i < c ? 0 : sum / at(i, i);
    }
    for (std::int64_t i = n; i-- > 0;) {
      double sum = x[static_cast<std::size_t>(i)];
      for (std::int64_t k = i + 1; k < n; ++k) sum -= at(k, i) * x[static_cast<std::size_t>(k)];
      x[static_cast<std::size_t>(i)] = sum / at(i, i);
    }
    for (std::int64_t i = 0; i < n; ++i)
      inverse[static_cast<std::size_t>(i * n + c)] =
          static_cast<float>(x[static_cast<std::size_t>(i)]);
  }
  return inverse;
}

/// Where the panel begins that is taken out when rows [0, end) are left.
std::int64_t panel_before(std::int64_t end) { return std::max<std::int64_t>(0, end - kPanel); }

/// Rows of the panel that is taken out last of n.
std::int64_t first_panel(std::int64_t n) {
  return n % kPanel == 0 ? std::min(n, kPanel) : n % kPanel;
}

}  // namespace

void SymmetricMatrix::gather(const SymmetricMatrix& from, std::span<const std::int32_t> indices) {
  assert(static_cast<std::int64_t>(indices.size()) <= stride_);
  size_ = static_cast<std::int64_t>(indices.size());
  for (std::int64_t i = 0; i < size_; ++i) {
    const float* const src = from.row(indices[static_cast<std::size_t>(i)]);
    float* const dst = row(i);
    for (std::int64_t j = 0; j < size_; ++j) dst[j] = src[indices[static_cast<std::size_t>(j)]];
  }
}

void SymmetricMatrix::take_out(std::int64_t panel) {
  assert(panel > 0 && panel <= kPanel && panel <= size_);
  const std::int64_t left = size_ - panel;
  PanelSquare pivot{};
  for (std::int64_t i = 0; i < panel; ++i)
    for (std::int64_t j = 0; j <= i; ++j)
      pivot[static_cast<std::size_t>(i * kPanel + j)] =
          static_cast<double>(row(left + i)[left + j]);
  cholesky(pivot, panel);
  const std::vector<float> inverse = inverse_of(pivot, panel);

  std::vector<float> across(static_cast<std::size_t>(panel * left));  // M_PS
  for (std::int64_t i = 0; i < panel; ++i)
    std::copy_n(row(left + i), left, across.data() + i * left);
  const onednn::MatrixView m_ps{across.data(), panel, left, left};
  onednn::multiply(1, {inverse.data(), panel, panel, panel}, m_ps, 0, row(left), stride_);
  onednn::multiply(-1, m_ps.t(), {row(left), panel, left, stride_}, 1, row(0), stride_);
  for (std::int64_t i = 0; i < panel; ++i)
    std::copy_n(inverse.data() + i * panel, panel, row(left + i) + left);
  size_ = left;
}

void SymmetricMatrix::take_out_of(std::span<double> b, std::int64_t panel) const {
  for (std::int64_t p = size_; p < size_ + panel; ++p) {
    const double factor = b[static_cast<std::size_t>(p)];
    for (std::int64_t i = 0; i < size_; ++i)
      b[static_cast<std::size_t>(i)] -= static_cast<double>(row(p)[i]) * factor;
  }
}

void SymmetricMatrix::factorise() {
  while (size_ > 0) take_out(size_ - panel_before(size_));
}

void SymmetricMatrix::solve(std::span<double> b) const {
  const auto n = static_cast<std::int64_t>(b.size());
  for (std::int64_t end = n; end > 0; end = panel_before(end))
    for (std::int64_t p = panel_before(end); p < end; ++p)
      for (std::int64_t i = 0; i < panel_before(end); ++i)
        b[static_cast<std::size_t>(i)] -=
            static_cast<double>(row(p)[i]) * b[static_cast<std::size_t>(p)];
  std::array<double, static_cast<std::size_t>(kPanel)> x{};
  for (std::int64_t end = first_panel(n); end <= n && n > 0; end += kPanel) {
    const std::int64_t begin = panel_before(end);
    for (std::int64_t p = begin; p < end; ++p) {
      double sum = 0;
      for (std::int64_t i = begin; i < end; ++i)
        sum += static_cast<double>(row(p)[i]) * b[static_cast<std::size_t>(i)];
      for (std::int64_t i = 0; i < begin; ++i)
        sum -= static_cast<double>(row(p)[i]) * b[static_cast<std::size_t>(i)];
      x[static_cast<std::size_t>(p - begin)] = sum;
    }
    std::copy_n(x.begin(), end - begin, b.begin() + begin);
  }
}

void SymmetricMatrix::invert() {
  assert(size_ == stride_);
  factorise();
  const std::int64_t n = stride_;
  std::vector<float> product(static_cast<std::size_t>(kPanel * n));
  size_ = 0;
  while (size_ < n) {
    const std::int64_t panel = size_ == 0 ? first_panel(n) : kPanel;
    // With B = D^-1 C of the panel and the inverse Z of what lies before it, the inverse of both is
    // [Z, -Z B^T; -B Z, D^-1 + B Z B^T].
    const onednn::MatrixView b{row(size_), panel, size_, stride_};
    const onednn::MatrixView z{row(0), size_, size_, stride_};
    const onednn::MatrixView bz{product.data(), panel, size_, size_};
    onednn::multiply(1, b, z, 0, product.data(), size_);
    onednn::multiply(1, bz, b.t(), 1, row(size_) + size_, stride_);
    for (std::int64_t p = 0; p < panel; ++p)
      for (std::int64_t i = 0; i < size_; ++i)
        row(size_ + p)[i] = row(i)[size_ + p] = -product[static_cast<std::size_t>(p * size_ + i)];
    size_ += panel;
  }
}

}  // namespace karnin
