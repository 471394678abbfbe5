#include "runtime/layers/arithmetic.h"

#include <algorithm>
#include <cassert>

namespace karnin {
namespace {

class BoundArithmetic : public BoundLayer {
 public:
  BoundArithmetic(ArithmeticKind kind, const Blob& src, const Blob& second, const Binding& binding)
      : kind_(kind),
        binding_(binding),
        second_(binding.others[0]),
        plane_(src.plane_floats()),
        second_plane_(second.plane_floats()),
        planes_(src.floats() / plane_) {
    assert(binding.others.size() == 1 && src.has_planes());
  }

  void forward(const ShardId& /*shard*/) override {
    switch (kind_) {
      case ArithmeticKind::multiply:
        return forward([](float x, float y) { return x * y; });
      case ArithmeticKind::subtract:
        return forward([](float x, float y) { return x - y; });
      case ArithmeticKind::divide:
        return forward([](float x, float y) { return x / y; });
    }
  }

  void backward(const ShardId& /*shard*/, const LayerGradients& /*gradients*/) override {
    const auto one = [](float, float) { return 1.0F; };
    switch (kind_) {
      case ArithmeticKind::multiply:
        return backward([](float, float y) { return y; }, [](float x, float) { return x; });
      case ArithmeticKind::subtract:
        return backward(one, [](float, float) { return -1.0F; });
      case ArithmeticKind::divide:
        return backward([](float, float y) { return 1 / y; },
                        [](float x, float y) { return -x / (y * y); });
    }
  }

 private:
  /// visit(i, j) for every element of the first input and the one of the second that meets it.
  template <typename Visit>
  void for_each(const Visit& visit) const {
    for (std::int64_t plane = 0; plane < planes_; ++plane)
      // As many images are in the lanes of one number a channel as in those of a plane.
      for (std::int64_t first = 0; first < plane_; first += second_plane_)
        for (std::int64_t i = 0; i < second_plane_; ++i)
          visit(plane * plane_ + first + i, plane * second_plane_ + i);
  }

  template <typename Value>
  void forward(const Value& value) const {
    for_each([&](std::int64_t i, std::int64_t j) {
      binding_.dst[i] = value(binding_.src[i], second_.src[j]);
    });
  }

  /// From the partial derivatives.
  template <typename First, typename Second>
  void backward(const First& first, const Second& second) const {
    if (second_.diff_src != nullptr) std::fill_n(second_.diff_src, planes_ * second_plane_, 0.0F);
    for_each([&](std::int64_t i, std::int64_t j) {
      const float x = binding_.src[i], y = second_.src[j], diff = binding_.diff_dst[i];
      if (second_.diff_src != nullptr) second_.diff_src[j] += diff * second(x, y);
      if (binding_.diff_src != nullptr) binding_.diff_src[i] = diff * first(x, y);
    });
  }

  ArithmeticKind kind_;
  Binding binding_;
  Binding::Source second_;
  std::int64_t plane_, second_plane_, planes_;
};

}  // namespace

std::unique_ptr<BoundLayer> ArithmeticLayer::bind(const Binding& binding) const {
  return std::make_unique<BoundArithmetic>(kind_, src(), second_, binding);
}

}  // namespace karnin
