// The table of one instruction set. Included only by the translation unit compiled for it.
//
// Whatever is instantiated there must carry Arch in its name (or be always_inline): a function that
// two translation units share is kept once by the linker, and may be the one this CPU cannot run.
// For the same reason no standard algorithm or container is used in the bodies.
#pragma once

#include "runtime/kernels/elementwise-inl.h"
#include "runtime/kernels/fc_dense-inl.h"
#include "runtime/kernels/fc_sparse-inl.h"
#include "runtime/kernels/kernels.h"
#include "runtime/kernels/softmax-inl.h"
#include "runtime/kernels/training-inl.h"

namespace karnin::kernels {

template <typename Arch>
constexpr Table make_table() noexcept {
  return {
      .fc_forward = &fc_forward<Arch>,
      .fc_forward_packed = &fc_forward_packed<Arch>,
      .fc_packed_size = &fc_packed_size<Arch>,
      .fc_pack = &fc_pack<Arch>,
      .fc_backward_data = &fc_backward_data<Arch>,
      .fc_backward_weights = &fc_backward_weights<Arch>,
      .sparse_lanes = kSparseLanes<Arch>,
      .fc_sparse_scratch = &fc_sparse_scratch<Arch>,
      .fc_sparse_lanes = &fc_sparse_lanes<Arch>,
      .fc_sparse_gather = &fc_sparse_gather<Arch>,
      .relu = &relu<Arch>,
      .relu_backward = &relu_backward<Arch>,
      .u8_to_f32 = &u8_to_f32<Arch>,
      .tree_sum = &tree_sum<Arch>,
      .sgd_update = &sgd_update<Arch>,
      .accumulate_sensitivity = &accumulate_sensitivity<Arch>,
      .softmax_cross_entropy = &softmax_cross_entropy<Arch>,
  };
}

}  // namespace karnin::kernels
