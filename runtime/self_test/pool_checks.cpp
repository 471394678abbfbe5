// Pooling with images in the lanes.
#include "runtime/self_test/blocks.h"
#include "runtime/self_test/check.h"

namespace karnin::self_test {
namespace {

using kernels::PoolShape;
using kernels::Table;

/// Squares that cover the plane, which have loops of their own; windows that overlap, and reach
/// over the edge.
constexpr PoolShape kPoolShapes[] = {{3, 6, 8, 3, 4, 2, 2, 2, 2, 0, 0},
                                     {2, 5, 7, 3, 4, 3, 3, 2, 2, 1, 1},
                                     {1, 4, 5, 3, 2, 2, 3, 1, 2, 0, 0}};

struct PoolOperands {
  PoolOperands(const Table& table, const PoolShape& s)
      : src_floats(s.c * s.ih * s.iw),
        dst_floats(s.c * s.oh * s.ow),
        src(to_blocks(table, integers(kImages * src_floats, 1), src_floats)),
        diff_dst(to_blocks(table, integers(kImages * dst_floats, 2), dst_floats)),
        dst(block_rows(table) * dst_floats),
        diff_src(block_rows(table) * src_floats) {}
  std::int64_t src_floats, dst_floats;
  Values src, diff_dst;
  Output dst, diff_src;
};

/// body(operands, src_at, dst_at) with where every block begins.
template <typename Body>
void over_blocks(const Table& table, PoolOperands& o, const Body& body) {
  for (std::int64_t row = 0; row < block_rows(table); row += table.lanes)
    body(row * o.src_floats, row * o.dst_floats);
}

template <typename Kernel>
void check_pool_forward(const Table& table, Results& results, const Kernel& kernel) {
  for (const PoolShape& s : kPoolShapes) {
    PoolOperands o(table, s);
    over_blocks(table, o, [&](std::int64_t src, std::int64_t dst) {
      kernel(s, o.src.data() + src, o.dst.data() + dst);
    });
    results.note_overrun(o.dst);
    results.add(from_blocks(table, o.dst.span(), o.dst_floats));
  }
}

void max_pool_lanes_forward(const Table& table, Results& results) {
  check_pool_forward(table, results, table.max_pool_lanes_forward);
}

void average_pool_lanes_forward(const Table& table, Results& results) {
  check_pool_forward(table, results, table.average_pool_lanes_forward);
}

void max_pool_lanes_backward(const Table& table, Results& results) {
  for (const PoolShape& s : kPoolShapes) {
    PoolOperands o(table, s);
    over_blocks(table, o, [&](std::int64_t src, std::int64_t dst) {
      table.max_pool_lanes_forward(s, o.src.data() + src, o.dst.data() + dst);
      table.max_pool_lanes_backward(s, o.src.data() + src, o.dst.data() + dst,
                                    o.diff_dst.data() + dst, o.diff_src.data() + src);
    });
    results.note_overrun(o.diff_src);
    results.add(from_blocks(table, o.diff_src.span(), o.src_floats));
  }
}

void average_pool_lanes_backward(const Table& table, Results& results) {
  for (const PoolShape& s : kPoolShapes) {
    PoolOperands o(table, s);
    over_blocks(table, o, [&](std::int64_t src, std::int64_t dst) {
      table.average_pool_lanes_backward(s, o.diff_dst.data() + dst, o.diff_src.data() + src);
    });
    results.note_overrun(o.diff_src);
    results.add(from_blocks(table, o.diff_src.span(), o.src_floats));
  }
}

}  // namespace

std::vector<Check> pool_checks() {
  return {{"max_pool_lanes_forward", max_pool_lanes_forward},
          {"max_pool_lanes_backward", max_pool_lanes_backward},
          {"average_pool_lanes_forward", average_pool_lanes_forward},
          {"average_pool_lanes_backward", average_pool_lanes_backward}};
}

}  // namespace karnin::self_test
