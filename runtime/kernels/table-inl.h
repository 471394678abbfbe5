// The table of one instruction set. Included only by the translation unit compiled for it.
//
// Whatever is instantiated there must carry Arch in its name (or be always_inline): a function that
// two translation units share is kept once by the linker, and may be the one this CPU cannot run.
// For the same reason no standard algorithm or container is used in the bodies.
#pragma once

#include "runtime/kernels/conv_lanes-inl.h"
#include "runtime/kernels/conv_lanes_data-inl.h"
#include "runtime/kernels/conv_lanes_weights-inl.h"
#include "runtime/kernels/conv_planes-inl.h"
#include "runtime/kernels/conv_planes_backward-inl.h"
#include "runtime/kernels/conv_sparse-inl.h"
#include "runtime/kernels/conv_sparse_planes-inl.h"
#include "runtime/kernels/conv_sparse_pooled-inl.h"
#include "runtime/kernels/elementwise-inl.h"
#include "runtime/kernels/fc_dense-inl.h"
#include "runtime/kernels/fc_gather-inl.h"
#include "runtime/kernels/fc_gradient-inl.h"
#include "runtime/kernels/fc_lanes-inl.h"
#include "runtime/kernels/fc_sparse-inl.h"
#include "runtime/kernels/kernels.h"
#include "runtime/kernels/pool_lanes-inl.h"
#include "runtime/kernels/softmax-inl.h"
#include "runtime/kernels/training-inl.h"

namespace karnin::kernels {

template <typename Arch>
// NOLINTNEXTLINE(readability-function-size): one line a kernel, nothing else.
constexpr Table make_table() noexcept {
  return {
      .fc_forward = &fc_forward<Arch>,
      .fc_forward_packed = &fc_forward_packed<Arch>,
      .fc_packed_size = &fc_packed_size<Arch>,
      .fc_pack = &fc_pack<Arch>,
      .fc_backward_data = &fc_backward_data<Arch>,
      .fc_backward_weights = &fc_backward_weights<Arch>,
      .fc_sparse_scratch = &fc_sparse_scratch<Arch>,
      .fc_sparse_lanes = &fc_sparse_lanes<Arch>,
      .fc_sparse_gather = &fc_sparse_gather<Arch>,
      .lanes = kWidth<Arch>,
      .rows_to_blocks = &rows_to_blocks<Arch>,
      .blocks_to_rows = &blocks_to_rows<Arch>,
      .conv_lanes_forward = &conv_lanes_forward<Arch>,
      .conv_lanes_forward_pooled = &conv_lanes_forward_pooled<Arch>,
      .conv_lanes_sparse = &conv_lanes_sparse<Arch>,
      .conv_lanes_sparse_pooled = &conv_lanes_sparse_pooled<Arch>,
      .conv_lanes_backward_data = &conv_lanes_backward_data<Arch>,
      .conv_lanes_backward_weights = &conv_lanes_backward_weights<Arch>,
      .sum_lanes = &sum_lanes<Arch>,
      .max_pool_lanes_forward = &max_pool_lanes_forward<Arch>,
      .max_pool_lanes_backward = &max_pool_lanes_backward<Arch>,
      .average_pool_lanes_forward = &average_pool_lanes_forward<Arch>,
      .average_pool_lanes_backward = &average_pool_lanes_backward<Arch>,
      .conv_planes_scratch = &conv_planes_scratch<Arch>,
      .conv_planes_sparse = &conv_planes_sparse<Arch>,
      .conv_planes_forward = &conv_planes_forward<Arch>,
      .conv_planes_collect = &conv_planes_collect<Arch>,
      .conv_planes_backward_weights = &conv_planes_backward_weights<Arch>,
      .conv_planes_backward_data = &conv_planes_backward_data<Arch>,
      .fc_lanes_forward = &fc_lanes_forward<Arch>,
      .fc_lanes_sparse = &fc_lanes_sparse<Arch, SrcOrder::blocks>,
      .rows_to_pairs = &rows_to_pairs<Arch>,
      .fc_pairs_sparse = &fc_lanes_sparse<Arch, SrcOrder::pairs>,
      .fc_lanes_backward_data = &fc_lanes_backward_data<Arch>,
      .fc_lanes_backward_kept = &fc_lanes_backward_kept<Arch>,
      .relu = &relu<Arch>,
      .relu_backward = &relu_backward<Arch>,
      .u8_to_f32 = &u8_to_f32<Arch>,
      .tree_sum = &tree_sum<Arch>,
      .apply_mask = &apply_mask<Arch>,
      .sgd_update = &sgd_update<Arch>,
      .accumulate_sensitivity = &accumulate_sensitivity<Arch>,
      .softmax_cross_entropy = &softmax_cross_entropy<Arch>,
  };
}

}  // namespace karnin::kernels
