#include "runtime/layers/activation.h"

#include <cmath>

namespace karnin {
namespace {

/// As std::clamp, which the compiler makes no vectors of.
float bounded(float x, float least, float most) {
  const float at_least = x < least ? least : x;
  return at_least > most ? most : at_least;
}

/// Calls visit(value, slope), both functions of x. At a kink the slope is that of the flat side, as
/// in PyTorch.
template <typename Visit>
void with_function(const Activation& op, const Visit& visit) {
  const float a = op.alpha, b = op.beta;
  const auto logistic = [](float x) { return 1 / (1 + std::exp(-x)); };
  switch (op.kind) {
    case ActivationKind::leaky_relu:
      return visit([=](float x) { return x > 0 ? x : a * x; },
                   [=](float x) { return x > 0 ? 1.0F : a; });
    case ActivationKind::clip:
      return visit([=](float x) { return bounded(x, a, b); },
                   [=](float x) { return x > a && x < b ? 1.0F : 0.0F; });
    case ActivationKind::sigmoid:
      return visit(logistic, [=](float x) {
        const float y = logistic(x);
        return y * (1 - y);
      });
    case ActivationKind::tanh:
      return visit([](float x) { return std::tanh(x); },
                   [](float x) {
                     const float y = std::tanh(x);
                     return 1 - y * y;
                   });
    case ActivationKind::hard_sigmoid:
      return visit([=](float x) { return bounded(a * x + b, 0.0F, 1.0F); },
                   [=](float x) { return a * x + b > 0 && a * x + b < 1 ? a : 0.0F; });
    case ActivationKind::hard_swish:
      return visit([](float x) { return x * bounded(x / 6 + 0.5F, 0.0F, 1.0F); },
                   [](float x) { return x <= -3  ? 0.0F
                                        : x >= 3 ? 1.0F
                                                 : x / 3 + 0.5F; });
    case ActivationKind::elu:
      return visit([=](float x) { return x > 0 ? x : a * std::expm1(x); },
                   [=](float x) { return x > 0 ? 1.0F : a * std::exp(x); });
  }
}

class BoundActivation : public BoundLayer {
 public:
  BoundActivation(const Activation& op, const Binding& binding, std::int64_t floats)
      : op_(op), binding_(binding), floats_(floats) {}

  void forward(const ShardId& /*shard*/) override {
    with_function(op_, [&](const auto& value, const auto& /*slope*/) {
      for (std::int64_t i = 0; i < floats_; ++i) binding_.dst[i] = value(binding_.src[i]);
    });
  }

  void backward(const ShardId& /*shard*/, const LayerGradients& /*gradients*/) override {
    if (binding_.diff_src == nullptr) return;
    with_function(op_, [&](const auto& /*value*/, const auto& slope) {
      for (std::int64_t i = 0; i < floats_; ++i)
        binding_.diff_src[i] = binding_.diff_dst[i] * slope(binding_.src[i]);
    });
  }

 private:
  Activation op_;
  Binding binding_;
  std::int64_t floats_;
};

}  // namespace

std::unique_ptr<BoundLayer> ActivationLayer::bind(const Binding& binding) const {
  return std::make_unique<BoundActivation>(op_, binding, src().floats());
}

}  // namespace karnin
