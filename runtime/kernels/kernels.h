// Every hand-written SIMD loop, behind plain pointers. One table an ISA, filled by the translation
// unit that was compiled for it; nothing here knows a layer, a tensor or a thread.
//
// Matrices are row-major and contiguous: src (rows x ic), weights (oc x ic), dst (rows x oc).
// No pointer needs alignment, none may alias another unless a comment says so; extents of matrices
// are at least 1.
//
// For one instruction set an image gets the same bits in any row of any batch. All forward kernels
// of fully connected layers share their arithmetic, too: bias first, then one FMA an input in
// ascending order. For finite inputs they agree bit for bit, and a plan may choose among them
// freely.
#pragma once

#include <cstddef>
#include <cstdint>

#include "runtime/core/cpu_isa.h"
#include "runtime/kernels/sparse_views.h"

namespace karnin::kernels {

struct FcShape {
  std::int64_t rows;  ///< images
  std::int64_t ic;
  std::int64_t oc;
};

/// A convolution of one block of images: src [ic][ih][iw][lanes], weights (oc, ic / groups, kh,
/// kw), dst [oc][oh][ow][lanes].
struct ConvShape {
  std::int64_t ic = 0, ih = 0, iw = 0;
  std::int64_t oc = 0, oh = 0, ow = 0;
  std::int64_t kh = 0, kw = 0, sh = 0, sw = 0, ph = 0, pw = 0;
  std::int64_t dh = 1, dw = 1, groups = 1;  ///< other than 1 for the sparse kernels alone
};

/// Pooling of one block of images: src [c][ih][iw][lanes], dst [c][oh][ow][lanes].
struct PoolShape {
  std::int64_t c = 0;
  std::int64_t ih = 0, iw = 0, oh = 0, ow = 0;
  std::int64_t kh = 0, kw = 0, sh = 0, sw = 0, ph = 0, pw = 0;
  bool count_padding = false;  ///< in averages
};

/// A convolution without stride or padding, and a 2x2 max pool behind it, of plain images:
/// src [ic][images][ih][iw], weights (oc, ic, kh, kw), dst [images][oc][oh][ow] behind the pool.
struct ConvPoolShape {
  std::int64_t images;
  std::int64_t ic, ih, iw;  ///< images * ih * iw below 2^24
  std::int64_t oc, oh, ow;
  std::int64_t kh, kw;
  /// Floats between input channels: images * ih * iw and a vector more, which can be read, whatever
  /// it holds.
  std::int64_t src_channel;
};

/// A gradient behind a max pool, and the position among the [images][ih][iw] of a channel of src
/// that the first tap of its output read.
struct TopGradient {
  std::int32_t position;
  float value;
};

/// Those of a shard, by output channel and then image.
struct TopGradients {
  const std::uint32_t* row_ptr;  ///< oc * images + 1
  const TopGradient* entries;
};

/// Constants of one optimizer step. See train/loop/optimizer.h for the equations.
struct SgdStep {
  float learning_rate;
  float momentum;
  float weight_decay;
  bool nesterov;
};

struct Table {
  /// dst = [relu](src . weights^T + bias); weights in their plain form, for training.
  void (*fc_forward)(const FcShape&, const float* src, const float* weights, const float* bias,
                     bool relu, float* dst) noexcept;
  /// The same from weights packed by fc_pack; for inference.
  void (*fc_forward_packed)(const FcShape&, const float* src, const float* packed,
                            const float* bias, bool relu, float* dst) noexcept;
  /// Floats that fc_pack writes for (oc x ic) weights.
  std::size_t (*fc_packed_size)(std::int64_t oc, std::int64_t ic) noexcept;
  void (*fc_pack)(std::int64_t oc, std::int64_t ic, const float* weights, float* packed) noexcept;
  /// diff_src = diff_dst . weights
  void (*fc_backward_data)(const FcShape&, const float* diff_dst, const float* weights,
                           float* diff_src) noexcept;
  /// diff_weights = diff_dst^T . src; diff_bias = column sums of diff_dst. Both overwritten.
  void (*fc_backward_weights)(const FcShape&, const float* src, const float* diff_dst,
                              float* diff_weights, float* diff_bias) noexcept;

  /// Floats of scratch for fc_sparse_lanes: src and dst of one pass with images in the lanes, of
  /// kSparsePass where there are as many.
  std::size_t (*fc_sparse_scratch)(const FcShape&) noexcept;
  /// dst = [relu](src . weights^T + bias) over the stored weights only, packed for `lanes`: images
  /// are turned so that a weight is one broadcast and an activation one vector.
  void (*fc_sparse_lanes)(const SparseView&, std::int64_t rows, const float* src, const float* bias,
                          bool relu, float* dst, float* scratch) noexcept;
  /// The same one image at a time, from weights packed for one lane: for the smallest batches.
  void (*fc_sparse_gather)(const SparseView&, std::int64_t rows, const float* src,
                           const float* bias, bool relu, float* dst) noexcept;

  /// Images side by side in the kernels named *_lanes_* below: one vector. Activations of a block
  /// of that many images are [element][lanes], blocks one after the other.
  std::int64_t lanes;
  /// Rows of `floats` numbers each to blocks; lanes without an image become 0.
  void (*rows_to_blocks)(std::int64_t images, std::int64_t floats, const float* rows,
                         float* blocks) noexcept;
  void (*blocks_to_rows)(std::int64_t images, std::int64_t floats, const float* blocks,
                         float* rows) noexcept;
  /// dst = [relu](conv(src) + bias).
  void (*conv_lanes_forward)(const ConvShape&, const float* src, const float* weights,
                             const float* bias, bool relu, float* dst) noexcept;
  /// The same with a 2x2 max pool behind it: dst is [oc][oh / 2][ow / 2][lanes]. No padding, no
  /// stride.
  void (*conv_lanes_forward_pooled)(const ConvShape&, const float* src, const float* weights,
                                    const float* bias, bool relu, float* dst) noexcept;
  /// Over the kept weights alone, rows [first, end) of every channel of dst = [relu](conv(src) +
  /// bias + added). added may be dst, or null for nothing. first is a multiple of the tile's rows.
  void (*conv_lanes_sparse)(const ConvShape&, const SparseTiles&, std::int64_t first,
                            std::int64_t end, const float* src, const float* bias,
                            const float* added, bool relu, float* dst) noexcept;
  /// With a 2x2 max pool behind it: no padding, no stride.
  void (*conv_lanes_sparse_pooled)(const ConvShape&, const SparseRows&, const float* src,
                                   const float* bias, bool relu, float* dst) noexcept;
  void (*conv_lanes_backward_data)(const ConvShape&, const float* diff_dst, const float* weights,
                                   float* diff_src) noexcept;
  /// Adds the gradients of each lane to sums [oc * ic * kh * kw + oc][lanes]: weights, then biases.
  void (*conv_lanes_backward_weights)(const ConvShape&, const float* src, const float* diff_dst,
                                      float* sums) noexcept;
  /// dst[i] = sum of src[i][lane] over the lanes, in their order.
  void (*sum_lanes)(std::int64_t count, const float* src, float* dst) noexcept;

  /// The largest of every window, padding not counted. A NaN beside numbers may get lost, here and
  /// where a pool is fused; a window of nothing else stays NaN.
  void (*max_pool_lanes_forward)(const PoolShape&, const float* src, float* dst) noexcept;
  /// The gradient of a window goes to its first maximum in h, w order; dst as forward left it.
  void (*max_pool_lanes_backward)(const PoolShape&, const float* src, const float* dst,
                                  const float* diff_dst, float* diff_src) noexcept;
  /// The mean of the pixels of every window, padding not counted.
  void (*average_pool_lanes_forward)(const PoolShape&, const float* src, float* dst) noexcept;
  void (*average_pool_lanes_backward)(const PoolShape&, const float* diff_dst,
                                      float* diff_src) noexcept;

  /// Floats of scratch for conv_planes_forward.
  std::size_t (*conv_planes_scratch)(const ConvPoolShape&) noexcept;
  /// As conv_lanes_sparse, of one plain image: src (ic, ih, iw), dst and added (oc, oh, ow).
  void (*conv_planes_sparse)(const ConvShape&, const SparseTiles&, std::int64_t first,
                             std::int64_t end, const float* src, const float* bias,
                             const float* added, bool relu, float* dst) noexcept;
  /// dst = [relu](the largest of each square of conv(src) + bias), and in tops (as dst) the
  /// position of the first that large, within its image. For NaN see max_pool_lanes_forward.
  void (*conv_planes_forward)(const ConvPoolShape&, const float* src, const float* weights,
                              const float* bias, bool relu, float* dst, float* tops,
                              float* scratch) noexcept;
  /// The elements of diff_dst that are not 0, with their tops: row_ptr has room for oc * images +
  /// 1, entries for one an element and one more.
  void (*conv_planes_collect)(const ConvPoolShape&, const float* tops, const float* diff_dst,
                              std::uint32_t* row_ptr, TopGradient* entries) noexcept;
  /// From diff_dst as it was collected; both gradients overwritten.
  void (*conv_planes_backward_weights)(const ConvPoolShape&, const float* src,
                                       const float* diff_dst, const TopGradients&,
                                       float* diff_weights, float* diff_bias) noexcept;
  /// diff_src is [images][ic][ih][iw]. weights: rows_to_blocks of the (ic, kh * kw) of every output
  /// channel, one after the other. pixels: images * ih * iw vectors of scratch, best aligned.
  void (*conv_planes_backward_data)(const ConvPoolShape&, const TopGradients&, const float* weights,
                                    float* pixels, float* diff_src) noexcept;

  /// Fully connected layers from blocks to blocks; rows is a multiple of lanes.
  void (*fc_lanes_forward)(const FcShape&, const float* src, const float* weights,
                           const float* bias, bool relu, float* dst) noexcept;
  /// The same over the kept weights alone, packed for `lanes`.
  void (*fc_lanes_sparse)(const FcShape&, const SparseView&, const float* src, const float* bias,
                          bool relu, float* dst) noexcept;
  /// Rows to blocks, every two of them interleaved: [element][2][lanes], a last block without
  /// another [element][lanes]. What lanes without an image hold can be computed with.
  void (*rows_to_pairs)(std::int64_t images, std::int64_t floats, const float* rows,
                        float* pairs) noexcept;
  /// fc_lanes_sparse from such pairs: faster where src is there once for many rows of weights.
  void (*fc_pairs_sparse)(const FcShape&, const SparseView&, const float* src, const float* bias,
                          bool relu, float* dst) noexcept;
  void (*fc_lanes_backward_data)(const FcShape&, const float* diff_dst, const float* weights,
                                 float* diff_src) noexcept;
  /// diff_weights = diff_dst^T . src where a weight is kept; the others are not written. diff_bias
  /// = column sums of diff_dst.
  void (*fc_lanes_backward_kept)(const FcShape&, const SparsePattern&, const float* src,
                                 const float* diff_dst, float* diff_weights,
                                 float* diff_bias) noexcept;

  /// x = max(x, 0), in place. A NaN stays, here and wherever a ReLU is fused.
  void (*relu)(std::int64_t count, float* x) noexcept;
  /// diff = dst > 0 ? diff : 0, in place.
  void (*relu_backward)(std::int64_t count, const float* dst, float* diff) noexcept;
  /// dst[i] = src[i] * scale + shift.
  void (*u8_to_f32)(std::int64_t count, const std::uint8_t* src, float scale, float shift,
                    float* dst) noexcept;
  /// dst[i] = sum of src[s][i] over s, always in the same binary-tree order: ((0+1)+(2+3))+...
  /// A number of parts that is no power of two splits at the largest one below: 6 = 4 + 2.
  /// src has `parts` pointers, parts >= 1; dst may be one of them.
  void (*tree_sum)(std::int64_t count, std::int64_t parts, const float* const* src,
                   float* dst) noexcept;
  /// x[i] = 0 where mask[i] is 0.
  void (*apply_mask)(std::int64_t count, const float* mask, float* x) noexcept;
  /// One optimizer step on a range. mask may be null; where it is 0 the weight, its velocity and
  /// delta become 0. Writes delta = new weight - old weight.
  void (*sgd_update)(std::int64_t count, const SgdStep&, const float* gradient, const float* mask,
                     float* weights, float* velocity, float* delta) noexcept;
  /// sum_g_dw += g * delta; sum_dw2 += delta^2 * inverse_rate; sum_g += g.
  void (*accumulate_sensitivity)(std::int64_t count, const float* gradient, const float* delta,
                                 float inverse_rate, float* sum_g_dw, float* sum_dw2,
                                 float* sum_g) noexcept;
  /// Softmax and cross-entropy of (rows x classes) logits: diff_logits = (p - onehot) * scale,
  /// loss_sum = sum of -log p[label] in row order, correct = rows whose largest logit (the first of
  /// equals) is the label's. All overwritten. labels[i] < classes. diff_logits may be logits.
  void (*softmax_cross_entropy)(std::int64_t rows, std::int64_t classes, const float* logits,
                                const std::uint8_t* labels, float scale, float* diff_logits,
                                double* loss_sum, std::int64_t* correct) noexcept;
};

/// The table of one instruction set; the CPU must support it.
const Table& table(Isa isa);

/// The table of active_isa().
const Table& active();

}  // namespace karnin::kernels
