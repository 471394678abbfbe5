#include "runtime/layers/batch_norm.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <vector>

namespace karnin {
namespace {

/// Sums side by side, as many as the widest vectors have lanes: the compiler makes vectors of them,
/// and whatever it makes, the order is the same.
constexpr std::int64_t kSums = 16;

/// A channel of the images that share a block of lanes; in plain order, of one image.
struct Plane {
  std::int64_t offset;  ///< in memory
  std::int64_t filled;  ///< lanes that hold an image
};

/// What was measured of a channel of a ghost batch.
struct Moments {
  float mean = 0;
  float variance = 0;  ///< unbiased
  float inverse = 0;   ///< of the deviation, by the biased variance and epsilon
};

class BoundBatchNorm : public BoundLayer {
 public:
  BoundBatchNorm(const BatchNormLayer& layer, const Binding& binding)
      : layer_(layer),
        src_(layer.src()),
        binding_(binding),
        ghosts_((src_.images + layer.op().ghost_batch - 1) / layer.op().ghost_batch),
        moments_(static_cast<std::size_t>(ghosts_ * src_.extent.c)) {}

  void forward(const ShardId& /*shard*/) override {
    for (std::int64_t c = 0; c < src_.extent.c; ++c)
      for (std::int64_t ghost = 0; ghost < ghosts_; ++ghost) {
        const Moments& moments = at(ghost, c) = measure(ghost, c);
        const float mean = moments.mean, factor = layer_.scale(c) * moments.inverse;
        const float* src = binding_.src;
        fill(ghost, c, binding_.dst, [=, shift = layer_.shift(c)](std::int64_t i) {
          return factor * (src[i] - mean) + shift;
        });
      }
  }

  void backward(const ShardId& /*shard*/, const LayerGradients& gradients) override {
    for (std::int64_t c = 0; c < src_.extent.c; ++c) {
      double scale = 0, shift = 0, mean = 0, variance = 0;
      for (std::int64_t ghost = 0; ghost < ghosts_; ++ghost) {
        const auto [by_scale, by_shift] = backward(ghost, c);
        scale += by_scale, shift += by_shift;
        mean += double{at(ghost, c).mean}, variance += double{at(ghost, c).variance};
      }
      const auto i = static_cast<std::size_t>(c);
      gradients[Role::scale][i] = static_cast<float>(scale);
      gradients[Role::shift][i] = static_cast<float>(shift);
      gradients[Role::mean][i] = static_cast<float>(mean);
      gradients[Role::variance][i] = static_cast<float>(variance);
    }
  }

 private:
  Moments& at(std::int64_t ghost, std::int64_t c) {
    return moments_[static_cast<std::size_t>(ghost * src_.extent.c + c)];
  }

  std::int64_t images(std::int64_t ghost) const {
    const std::int64_t size = layer_.op().ghost_batch;
    return std::min(size, src_.images - ghost * size);
  }
  /// Of a channel of a ghost batch.
  double numbers(std::int64_t ghost) const {
    return static_cast<double>(images(ghost) * src_.extent.h * src_.extent.w);
  }

  /// visit(plane) for every plane of a channel of a ghost batch, in order.
  template <typename Visit>
  void for_each_plane(std::int64_t ghost, std::int64_t c, const Visit& visit) const {
    const std::int64_t lanes = src_.lanes(), first = ghost * layer_.op().ghost_batch;
    const std::int64_t end = first + images(ghost);
    for (std::int64_t image = first; image < end; image += lanes)
      visit(Plane{(image / lanes * src_.extent.c + c) * src_.plane_floats(),
                  std::min(lanes, end - image)});
  }

  /// The sum of term(i) over a channel of a ghost batch, i being a place in memory. Floats are
  /// added up within a plane, doubles beyond.
  template <typename Term>
  double sum(std::int64_t ghost, std::int64_t c, const Term& term) const {
    double total = 0;
    for_each_plane(ghost, c, [&](const Plane& plane) {
      const std::int64_t floats = src_.plane_floats(), whole = floats / kSums * kSums;
      std::array<float, kSums> sums{};
      for (std::int64_t i = 0; i < whole; i += kSums)
        for (std::int64_t k = 0; k < kSums; ++k)
          sums[static_cast<std::size_t>(k)] += term(plane.offset + i + k);
      for (std::int64_t i = whole; i < floats; ++i)
        sums[static_cast<std::size_t>(i - whole)] += term(plane.offset + i);
      // A plane begins at lane 0, so that sum k is of lane k % lanes.
      for (std::int64_t k = 0; k < kSums; ++k)
        if (k % src_.lanes() < plane.filled) total += double{sums[static_cast<std::size_t>(k)]};
    });
    return total;
  }

  /// dst[i] = value(i); lanes without an image get 0, or what is in them might grow from layer to
  /// layer until it is infinite.
  template <typename Value>
  void fill(std::int64_t ghost, std::int64_t c, float* dst, const Value& value) const {
    for_each_plane(ghost, c, [&](const Plane& plane) {
      const std::int64_t end = plane.offset + src_.plane_floats(), lanes = src_.lanes();
      for (std::int64_t i = plane.offset; i < end; ++i) dst[i] = value(i);
      for (std::int64_t i = plane.offset + plane.filled; plane.filled < lanes && i < end;
           i += lanes)
        std::fill_n(dst + i, lanes - plane.filled, 0.0F);
    });
  }

  Moments measure(std::int64_t ghost, std::int64_t c) const {
    const double n = numbers(ghost);
    assert(n > 1);
    const float* src = binding_.src;
    const auto mean = static_cast<float>(sum(ghost, c, [=](std::int64_t i) { return src[i]; }) / n);
    const double squares =
        sum(ghost, c, [=](std::int64_t i) { return (src[i] - mean) * (src[i] - mean); });
    const double deviation = std::sqrt(squares / n + double{layer_.op().epsilon});
    return {mean, static_cast<float>(squares / (n - 1)), static_cast<float>(1 / deviation)};
  }

  struct Gradients {
    double scale, shift;
  };

  /// With z = (x - mean) / deviation, by z: g = scale diff_dst; by x: (g - mean(g) - z mean(z g)) /
  /// deviation.
  Gradients backward(std::int64_t ghost, std::int64_t c) {
    const Moments& moments = at(ghost, c);
    const float *src = binding_.src, *diff = binding_.diff_dst;
    const float mean = moments.mean;
    const double shift = sum(ghost, c, [=](std::int64_t i) { return diff[i]; });
    const double scale = double{moments.inverse} *
                         sum(ghost, c, [=](std::int64_t i) { return diff[i] * (src[i] - mean); });
    if (binding_.diff_src != nullptr) {
      const double n = numbers(ghost);
      const float factor = layer_.scale(c) * moments.inverse;
      const auto summand = static_cast<float>(shift / n);
      const auto slope = static_cast<float>(scale * double{moments.inverse} / n);
      fill(ghost, c, binding_.diff_src,
           [=](std::int64_t i) { return factor * (diff[i] - summand - slope * (src[i] - mean)); });
    }
    return {scale, shift};
  }

  const BatchNormLayer& layer_;
  Blob src_;
  Binding binding_;
  std::int64_t ghosts_;
  std::vector<Moments> moments_;  // by ghost batch and channel
};

}  // namespace

BatchNormLayer::BatchNormLayer(std::string name, const BatchNorm& op, const Blob& src)
    : Layer(std::move(name), src, src), op_(op) {
  assert(src.has_planes() && op.ghost_batch % src.lanes() == 0);
}

std::unique_ptr<BoundLayer> BatchNormLayer::bind(const Binding& binding) const {
  return std::make_unique<BoundBatchNorm>(*this, binding);
}

}  // namespace karnin
