// Convolution and pool with positions of a plane in the lanes.
#include "runtime/kernels/conv_sparse.h"
#include "runtime/self_test/blocks.h"
#include "runtime/self_test/check.h"

namespace karnin::self_test {
namespace {

using kernels::ConvPoolShape;
using kernels::Table;
using kernels::TopGradient;

/// Floats behind every input channel: a vector of the widest level.
constexpr std::int64_t kSpare = 16;

constexpr ConvPoolShape make_shape(std::int64_t images, std::int64_t ic, std::int64_t ih,
                                   std::int64_t iw, std::int64_t oc, std::int64_t kh,
                                   std::int64_t kw) {
  return {images,
          ic,
          ih,
          iw,
          oc,
          (ih - kh + 1) / 2,
          (iw - kw + 1) / 2,
          kh,
          kw,
          images * ih * iw + kSpare};
}

constexpr ConvPoolShape kPlaneShapes[] = {make_shape(2, 3, 9, 11, 5, 3, 5),
                                          make_shape(1, 1, 5, 41, 2, 4, 2),
                                          make_shape(3, 17, 6, 6, 3, 2, 3)};

struct PlaneOperands {
  explicit PlaneOperands(const ConvPoolShape& s)
      : src(integers(s.ic * s.src_channel, 1)),
        weights(integers(s.oc * s.ic * s.kh * s.kw, 2)),
        bias(integers(s.oc, 3)),
        diff_dst(thinned(s.images * s.oc * s.oh * s.ow, 4)),
        tops(diff_dst.size()) {
    for (std::size_t i = 0; i < tops.size(); ++i) {  // one corner or another of every square
      const auto at = static_cast<std::int64_t>(i) % (s.oh * s.ow);
      const std::int64_t row = 2 * (at / s.ow) + at % 2, column = 2 * (at % s.ow) + at / 2 % 2;
      tops[i] = static_cast<float>(row * s.iw + column);
    }
  }
  Values src, weights, bias, diff_dst, tops;
};

/// What conv_planes_collect should make of them.
struct Collected {
  Collected(const ConvPoolShape& s, const PlaneOperands& o) {
    const std::int64_t plane = s.oh * s.ow;
    for (std::int64_t oc = 0; oc < s.oc; ++oc)
      for (std::int64_t image = 0; image < s.images; ++image) {
        row_ptr.push_back(static_cast<std::uint32_t>(entries.size()));
        for (std::int64_t i = 0; i < plane; ++i) {
          const auto at = static_cast<std::size_t>((image * s.oc + oc) * plane + i);
          if (o.diff_dst[at] == 0.0F) continue;
          const auto top = static_cast<std::int64_t>(o.tops[at]) + image * s.ih * s.iw;
          entries.push_back({static_cast<std::int32_t>(top), o.diff_dst[at]});
        }
      }
    row_ptr.push_back(static_cast<std::uint32_t>(entries.size()));
  }
  kernels::TopGradients view() const { return {row_ptr.data(), entries.data()}; }

  std::vector<std::uint32_t> row_ptr;
  std::vector<TopGradient> entries;
};

/// Runs the forward pass of all shapes; body(shape, dst, tops, scratch).
template <typename Body>
void planes_forward(const Table& table, const Body& body) {
  for (const ConvPoolShape& s : kPlaneShapes)
    for (const bool relu : {false, true}) {
      const PlaneOperands o(s);
      const std::int64_t floats = s.images * s.oc * s.oh * s.ow;
      Output dst(floats), tops(floats), scratch(kRoom);
      table.conv_planes_forward(s, o.src.data(), o.weights.data(), o.bias.data(), relu, dst.data(),
                                tops.data(), scratch.data());
      body(s, dst, tops, scratch);
    }
}

/// How much more is written than it says.
void conv_planes_scratch(const Table& table, Results& results) {
  planes_forward(
      table, [&](const ConvPoolShape& s, const Output&, const Output&, const Output& scratch) {
        const auto size = static_cast<std::int64_t>(table.conv_planes_scratch(s));
        results.add(static_cast<float>(std::max<std::int64_t>(scratch.written() - size, 0)));
      });
}

void conv_planes_forward(const Table& table, Results& results) {
  planes_forward(table, [&](const ConvPoolShape&, const Output& dst, const Output& tops,
                            const Output& scratch) {
    results.note_overrun(scratch);
    results.add(dst);
    results.add(tops);
  });
}

void conv_planes_collect(const Table& table, Results& results) {
  for (const ConvPoolShape& s : kPlaneShapes) {
    const PlaneOperands o(s);
    std::vector<std::uint32_t> row_ptr(static_cast<std::size_t>(s.oc * s.images + 1));
    std::vector<TopGradient> entries(o.diff_dst.size() + 1);
    table.conv_planes_collect(s, o.tops.data(), o.diff_dst.data(), row_ptr.data(), entries.data());
    for (const std::uint32_t start : row_ptr) results.add(static_cast<float>(start));
    entries.resize(std::min<std::size_t>(row_ptr.back(), entries.size()));
    for (const TopGradient& entry : entries) {
      results.add(static_cast<float>(entry.position));
      results.add(entry.value);
    }
  }
}

void conv_planes_backward_weights(const Table& table, Results& results) {
  for (const ConvPoolShape& s : kPlaneShapes) {
    const PlaneOperands o(s);
    const Collected tops(s, o);
    Output diff_weights(static_cast<std::int64_t>(o.weights.size())), diff_bias(s.oc);
    table.conv_planes_backward_weights(s, o.src.data(), o.diff_dst.data(), tops.view(),
                                       diff_weights.data(), diff_bias.data());
    results.add(diff_weights);
    results.add(diff_bias);
  }
}

void conv_planes_backward_data(const Table& table, Results& results) {
  for (const ConvPoolShape& s : kPlaneShapes) {
    const PlaneOperands o(s);
    const Collected tops(s, o);
    const std::int64_t taps = s.kh * s.kw;
    Values weights;  // input channels in the lanes, an output channel after the other
    for (std::int64_t oc = 0; oc < s.oc; ++oc) {
      const std::span<const float> all(o.weights);
      const Values blocks = to_blocks(table,
                                      all.subspan(static_cast<std::size_t>(oc * s.ic * taps),
                                                  static_cast<std::size_t>(s.ic * taps)),
                                      taps);
      weights.insert(weights.end(), blocks.begin(), blocks.end());
    }
    Output pixels(s.images * s.ih * s.iw * table.lanes), diff_src(s.images * s.ic * s.ih * s.iw);
    table.conv_planes_backward_data(s, tops.view(), weights.data(), pixels.data(), diff_src.data());
    results.note_overrun(pixels);
    results.add(diff_src);
  }
}

/// Tiles of several rows and of a part of one, padding, strides.
constexpr kernels::ConvShape kSparseShapes[] = {{2, 6, 9, 5, 6, 9, 3, 3, 1, 1, 1, 1},
                                                {3, 7, 12, 3, 4, 4, 1, 5, 2, 3, 0, 1},
                                                {1, 2, 500, 2, 2, 500, 1, 3, 1, 1, 0, 1}};

void conv_planes_sparse(const Table& table, Results& results) {
  for (const kernels::ConvShape& s : kSparseShapes) {
    const Values src = integers(s.ic * s.ih * s.iw, 1), bias = integers(s.oc, 3);
    const Values weights = thinned(s.oc * s.ic * s.kh * s.kw, 2);
    const auto kept = kernels::PackedConvTiles::in_planes(s, weights, table.lanes);
    Output dst(s.oc * s.oh * s.ow);
    table.conv_planes_sparse(s, kept.view(), 0, s.oh, src.data(), bias.data(), nullptr, true,
                             dst.data());
    results.note_overrun(dst);
    results.add(dst);
  }
}

}  // namespace

std::vector<Check> planes_checks() {
  return {{"conv_planes_scratch", conv_planes_scratch},
          {"conv_planes_sparse", conv_planes_sparse},
          {"conv_planes_forward", conv_planes_forward},
          {"conv_planes_collect", conv_planes_collect},
          {"conv_planes_backward_weights", conv_planes_backward_weights},
          {"conv_planes_backward_data", conv_planes_backward_data}};
}

}  // namespace karnin::self_test
