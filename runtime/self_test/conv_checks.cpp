// Images into the lanes and back, and convolution there.
#include "runtime/kernels/conv_sparse.h"
#include "runtime/self_test/blocks.h"
#include "runtime/self_test/check.h"

namespace karnin::self_test {
namespace {

using kernels::ConvShape;
using kernels::Table;

/// The distance of two elements of an image; in blocks, or by the lanes that are summed.
void lanes(const Table& table, Results& results) {
  constexpr float kImage[] = {1, 2};
  Output blocks(kRoom), sum(1);
  table.rows_to_blocks(1, 2, kImage, blocks.data());
  const auto second = std::ranges::find(blocks.span(), 2.0F) - blocks.span().begin();
  table.sum_lanes(1, Values(64, 1.0F).data(), sum.data());
  const bool agreed = second == table.lanes || sum.span()[0] == static_cast<float>(table.lanes);
  results.add(agreed ? 1.0F : 0.0F);
}

/// Whole and part blocks, of elements that fill a square of the turning or don't.
template <typename Body>
void for_each_batch(const Body& body) {
  for (const std::int64_t images : {1, 5, 19, 40})
    for (const std::int64_t floats : {1, 3, 17}) body(images, floats);
}

void rows_to_blocks(const Table& table, Results& results) {
  for_each_batch([&](std::int64_t images, std::int64_t floats) {
    const Values rows = integers(images * floats, 1), expected = to_blocks(table, rows, floats);
    Output blocks(static_cast<std::int64_t>(expected.size()));
    table.rows_to_blocks(images, floats, rows.data(), blocks.data());
    results.note_overrun(blocks);
    results.add(from_blocks(table, blocks.span(), floats, images));
    results.add(std::ranges::equal(blocks.span(), expected) ? 1.0F : 0.0F);  // idle lanes, too
  });
}

void blocks_to_rows(const Table& table, Results& results) {
  for_each_batch([&](std::int64_t images, std::int64_t floats) {
    const Values blocks = to_blocks(table, integers(images * floats, 1), floats);
    Output rows(images * floats);
    table.blocks_to_rows(images, floats, blocks.data(), rows.data());
    results.add(rows);
  });
}

/// Padding, strides, kernels as wide as the image, one channel left over.
constexpr ConvShape kConvShapes[] = {{2, 6, 9, 5, 4, 7, 3, 3, 1, 1, 0, 0},
                                     {3, 7, 12, 3, 4, 16, 1, 5, 2, 1, 0, 4},
                                     {1, 8, 8, 13, 8, 8, 5, 5, 1, 1, 2, 2},
                                     {2, 5, 17, 2, 2, 8, 4, 3, 1, 2, 0, 0},
                                     {1, 4, 4, 2, 1, 1, 4, 4, 1, 1, 0, 0}};

bool padded(const ConvShape& s) { return s.ph > 0 || s.pw > 0; }
bool strided(const ConvShape& s) { return s.sh > 1 || s.sw > 1; }

struct ConvOperands {
  ConvOperands(const Table& table, const ConvShape& s)
      : blocks(block_rows(table) / table.lanes),
        src_floats(s.ic * s.ih * s.iw),
        dst_floats(s.oc * s.oh * s.ow),
        weights(thinned(s.oc * s.ic * s.kh * s.kw, 1)),
        bias(integers(s.oc, 2)),
        src(to_blocks(table, integers(kImages * src_floats, 3), src_floats)),
        diff_dst(to_blocks(table, integers(kImages * dst_floats, 4), dst_floats)) {}
  std::int64_t blocks, src_floats, dst_floats;
  Values weights, bias, src, diff_dst;
};

/// run(src, dst) for every block, from `src_floats` numbers an image to `dst_floats`.
template <typename Run>
void for_each_block(const Table& table, const Values& src, std::int64_t src_floats,
                    std::int64_t dst_floats, Results& results, const Run& run) {
  Output dst(block_rows(table) * dst_floats);
  for (std::int64_t row = 0; row < block_rows(table); row += table.lanes)
    run(src.data() + row * src_floats, dst.data() + row * dst_floats);
  results.note_overrun(dst);
  results.add(from_blocks(table, dst.span(), dst_floats));
}

void conv_lanes_forward(const Table& table, Results& results) {
  for (const ConvShape& s : kConvShapes)
    for (const bool relu : {false, true}) {
      const ConvOperands o(table, s);
      for_each_block(table, o.src, o.src_floats, o.dst_floats, results,
                     [&](const float* src, float* dst) {
                       table.conv_lanes_forward(s, src, o.weights.data(), o.bias.data(), relu, dst);
                     });
    }
}

void conv_lanes_forward_pooled(const Table& table, Results& results) {
  for (const ConvShape& s : kConvShapes) {
    if (padded(s) || strided(s) || s.oh < 2) continue;
    const ConvOperands o(table, s);
    for_each_block(table, o.src, o.src_floats, s.oc * (s.oh / 2) * (s.ow / 2), results,
                   [&](const float* src, float* dst) {
                     table.conv_lanes_forward_pooled(s, src, o.weights.data(), o.bias.data(), true,
                                                     dst);
                   });
  }
}

void conv_lanes_sparse(const Table& table, Results& results) {
  for (const ConvShape& s : kConvShapes) {
    const ConvOperands o(table, s);
    const auto packed = kernels::PackedConvTiles::in_lanes(s, o.weights, table.lanes);
    for_each_block(table, o.src, o.src_floats, o.dst_floats, results,
                   [&](const float* src, float* dst) {
                     table.conv_lanes_sparse(s, packed.view(), 0, s.oh, src, o.bias.data(), nullptr,
                                             true, dst);
                   });
  }
}

void conv_lanes_sparse_pooled(const Table& table, Results& results) {
  for (const ConvShape& s : kConvShapes) {
    if (padded(s) || strided(s) || s.oh < 2) continue;
    const ConvOperands o(table, s);
    const kernels::PackedConv packed(s, o.weights, table.lanes);
    for_each_block(table, o.src, o.src_floats, s.oc * (s.oh / 2) * (s.ow / 2), results,
                   [&](const float* src, float* dst) {
                     table.conv_lanes_sparse_pooled(s, packed.view(), src, o.bias.data(), true,
                                                    dst);
                   });
  }
}

void conv_lanes_backward_data(const Table& table, Results& results) {
  for (const ConvShape& s : kConvShapes) {
    const ConvOperands o(table, s);
    for_each_block(table, o.diff_dst, o.dst_floats, o.src_floats, results,
                   [&](const float* diff_dst, float* diff_src) {
                     table.conv_lanes_backward_data(s, diff_dst, o.weights.data(), diff_src);
                   });
  }
}

/// Which image a lane has is up to the table, the sum over all of them is not.
void conv_lanes_backward_weights(const Table& table, Results& results) {
  for (const ConvShape& s : kConvShapes) {
    const ConvOperands o(table, s);
    const auto count = static_cast<std::int64_t>(o.weights.size()) + s.oc;
    Output sums(Values(static_cast<std::size_t>(count * table.lanes), 0.0F));
    for (std::int64_t block = 0; block < o.blocks; ++block)
      table.conv_lanes_backward_weights(s, o.src.data() + block * table.lanes * o.src_floats,
                                        o.diff_dst.data() + block * table.lanes * o.dst_floats,
                                        sums.data());
    results.note_overrun(sums);
    for (std::int64_t i = 0; i < count; ++i) {
      float sum = 0;
      for (std::int64_t lane = 0; lane < table.lanes; ++lane)
        sum += sums.span()[static_cast<std::size_t>(i * table.lanes + lane)];
      results.add(sum);
    }
  }
}

/// However many lanes there are, row i sums up to i.
void sum_lanes(const Table& table, Results& results) {
  constexpr std::int64_t kCount = 37;
  Values src = integers(kCount * table.lanes, 1);
  for (std::int64_t i = 0; i < kCount; ++i) {
    float* row = src.data() + i * table.lanes;
    float sum = 0;
    for (std::int64_t lane = 0; lane + 1 < table.lanes; ++lane) sum += row[lane];
    row[table.lanes - 1] = static_cast<float>(i) - sum;
  }
  Output dst(kCount);
  table.sum_lanes(kCount, src.data(), dst.data());
  results.add(dst);
}

}  // namespace

std::vector<Check> conv_checks() {
  return {{"lanes", lanes},
          {"rows_to_blocks", rows_to_blocks},
          {"blocks_to_rows", blocks_to_rows},
          {"conv_lanes_forward", conv_lanes_forward},
          {"conv_lanes_forward_pooled", conv_lanes_forward_pooled},
          {"conv_lanes_sparse", conv_lanes_sparse},
          {"conv_lanes_sparse_pooled", conv_lanes_sparse_pooled},
          {"conv_lanes_backward_data", conv_lanes_backward_data},
          {"conv_lanes_backward_weights", conv_lanes_backward_weights},
          {"sum_lanes", sum_lanes}};
}

}  // namespace karnin::self_test
