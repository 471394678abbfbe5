// The kept weights of a fully connected layer that is trained under a mask, as the sparse kernels
// with images in the lanes want them. The weights move at every step; which ones there are doesn't.
#pragma once

#include <cstdint>
#include <span>

#include "runtime/core/aligned.h"
#include "runtime/core/sparse_matrix.h"
#include "runtime/kernels/fc_sparse.h"

namespace karnin {

/// A packed matrix whose values are fetched again and again from where they lie among others.
class RefreshedSparse {
 public:
  /// Value i of the matrix is, as bits, 1 + where its weight lies in what refresh() gets; at `zero`
  /// there lies a 0.
  RefreshedSparse(const SparseMatrix& numbered, std::uint32_t zero);

  void refresh(const float* weights);
  kernels::SparseView view() const { return packed_.view(); }

 private:
  kernels::PackedSparse packed_;
  AlignedVector<std::uint32_t> sources_;
};

class MaskedFc {
 public:
  /// Whether the kept weights are few enough to be worth it: each of the three products then takes
  /// less time than over all weights (masked_fc in karnin-bench). The mask alone decides, so that a
  /// run and its repetition do the same.
  static bool pays(std::span<const std::uint8_t> mask);

  /// `mask` is (oc x ic), below 2^31 weights, and prunes at least one.
  MaskedFc(std::span<const std::uint8_t> mask, std::int64_t oc, std::int64_t ic);

  /// Takes the weights of this step: plain (oc x ic), 0 where the mask is.
  void refresh(const float* weights);

  kernels::SparseView forward() const { return forward_.view(); }    ///< (oc x ic)
  kernels::SparseView backward() const { return backward_.view(); }  ///< (ic x oc)
  kernels::SparsePattern pattern() const {
    return {pattern_.row_ptr.data(), pattern_.col_idx.data()};
  }
  const float* no_bias() const { return no_bias_.data(); }  ///< ic zeros

 private:
  SparseMatrix pattern_;
  RefreshedSparse forward_, backward_;
  AlignedVector<float> no_bias_;
};

}  // namespace karnin
