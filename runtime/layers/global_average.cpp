#include "runtime/layers/global_average.h"

#include <array>
#include <cassert>
#include <cstddef>
#include <numeric>
#include <span>

namespace karnin {
namespace {

/// In sums side by side: one alone would wait for every addition.
float mean(std::span<const float> values) {
  std::array<float, 16> sums{};
  std::size_t i = 0;
  for (; i + sums.size() <= values.size(); i += sums.size())
    for (std::size_t k = 0; k < sums.size(); ++k) sums[k] += values[i + k];
  for (std::size_t k = 0; i < values.size(); ++i, ++k) sums[k] += values[i];
  return std::accumulate(sums.begin(), sums.end(), 0.0F) / static_cast<float>(values.size());
}

class BoundGlobalAverage : public BoundLayer {
 public:
  BoundGlobalAverage(const Blob& src, const Binding& binding)
      : planes_(src.images * src.extent.c),
        floats_(static_cast<std::size_t>(src.plane_floats())),
        binding_(binding) {}

  void forward(const ShardId& /*shard*/) override {
    for (std::int64_t i = 0; i < planes_; ++i)
      binding_.dst[i] = mean({binding_.src + i * static_cast<std::int64_t>(floats_), floats_});
  }

  void backward(const ShardId& /*shard*/, const LayerGradients& /*gradients*/) override {
    assert(!"for inference alone");
  }

 private:
  std::int64_t planes_;
  std::size_t floats_;
  Binding binding_;
};

}  // namespace

bool GlobalAverageLayer::covers(const Pool2d& spec, const Blob& src, const Extent& dst) {
  const bool whole = spec.kh == src.extent.h && spec.kw == src.extent.w && spec.ph.is_none() &&
                     spec.pw.is_none() && dst.h == 1 && dst.w == 1;
  return spec.kind == PoolKind::average && src.layout == Layout::nchw && whole;
}

std::unique_ptr<BoundLayer> GlobalAverageLayer::bind(const Binding& binding) const {
  return std::make_unique<BoundGlobalAverage>(src(), binding);
}

}  // namespace karnin
