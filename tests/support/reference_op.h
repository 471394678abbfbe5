// Ops of others' networks as their definitions say, in double: the oracle of their layers. Plain
// NCHW. Convolutions, pools, fully connected layers and ReLU have references of their own.
#pragma once

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <vector>

#include "runtime/core/overloaded.h"
#include "runtime/graph/op.h"

namespace karnin::test {

using Doubles = std::vector<double>;

inline double reference_activation(const Activation& op, double x) {
  const double a = double{op.alpha}, b = double{op.beta};
  switch (op.kind) {
    case ActivationKind::leaky_relu:
      return x < 0 ? a * x : x;
    case ActivationKind::clip:
      return std::min(std::max(x, a), b);
    case ActivationKind::sigmoid:
      return 1 / (1 + std::exp(-x));
    case ActivationKind::tanh:
      return (std::exp(x) - std::exp(-x)) / (std::exp(x) + std::exp(-x));
    case ActivationKind::hard_sigmoid:
      return std::max(0.0, std::min(1.0, a * x + b));
    case ActivationKind::hard_swish:
      return x * std::max(0.0, std::min(1.0, x / 6 + 0.5));
    case ActivationKind::elu:
      return x < 0 ? a * (std::exp(x) - 1) : x;
  }
  return x;
}

/// One op over images of these extents.
struct ReferenceOp {
  Op op;
  std::vector<Extent> srcs;
  std::int64_t images;

  Extent dst() const { return extent(op, srcs); }

  /// parameters in the order of their roles.
  Doubles forward(const std::vector<Doubles>& values,
                  const std::vector<Doubles>& parameters) const {
    Doubles result;
    const Extent to = dst();
    for (std::int64_t n = 0; n < images; ++n)
      for (std::int64_t c = 0; c < to.c; ++c)
        for (std::int64_t y = 0; y < to.h; ++y)
          for (std::int64_t x = 0; x < to.w; ++x)
            result.push_back(element({n, c, y, x}, values, parameters));
    return result;
  }

 private:
  struct At {
    std::int64_t n, c, y, x;
  };

  double value(const std::vector<Doubles>& values, std::size_t src, const At& at) const {
    const Extent& e = srcs[src];
    return values[src][static_cast<std::size_t>(((at.n * e.c + at.c) * e.h + at.y) * e.w + at.x)];
  }

  double element(const At& at, const std::vector<Doubles>& values,
                 const std::vector<Doubles>& parameters) const {
    const auto c = static_cast<std::size_t>(at.c);
    const auto plain = [&] { return value(values, 0, at); };
    return std::visit(
        Overloaded{
            [&](const Activation& a) { return reference_activation(a, plain()); },
            [&](const PRelu&) { return plain() < 0 ? parameters[0][c] * plain() : plain(); },
            [&](const ChannelAffine&) { return parameters[0][c] * plain() + parameters[1][c]; },
            [&](const BatchNorm& norm) {
              const double deviation = std::sqrt(parameters[3][c] + double{norm.epsilon});
              return parameters[0][c] * (plain() - parameters[2][c]) / deviation + parameters[1][c];
            },
            [&](const Add&) { return plain() + value(values, 1, at); },
            [&](const Arithmetic& a) {
              const bool per_channel = srcs[1] != srcs[0];
              const double other = value(values, 1, per_channel ? At{at.n, at.c, 0, 0} : at);
              if (a.kind == ArithmeticKind::multiply) return plain() * other;
              return a.kind == ArithmeticKind::subtract ? plain() - other : plain() / other;
            },
            [&](const Concat&) {
              At from = at;
              std::size_t src = 0;
              for (; from.c >= srcs[src].c; ++src) from.c -= srcs[src].c;
              return value(values, src, from);
            },
            [&](const Softmax& softmax) {
              const auto of = [&](std::int64_t k) {
                return value(values, 0, {at.n, k, at.y, at.x});
              };
              double largest = of(0), sum = 0;  // without it exp() is infinite for large numbers
              for (std::int64_t k = 1; k < srcs[0].c; ++k) largest = std::max(largest, of(k));
              for (std::int64_t k = 0; k < srcs[0].c; ++k) sum += std::exp(of(k) - largest);
              const double logarithm = plain() - largest - std::log(sum);
              return softmax.log ? logarithm : std::exp(logarithm);
            },
            [&](const Pad& pad) {
              const At from{at.n, at.c, at.y - pad.h.l, at.x - pad.w.l};
              const bool inside =
                  from.y >= 0 && from.y < srcs[0].h && from.x >= 0 && from.x < srcs[0].w;
              return inside ? value(values, 0, from) : double{pad.value};
            },
            [&](const Reshape& reshape) {
              const auto& [channels, h, w] = reshape.extent;
              const std::int64_t i = ((at.n * channels + at.c) * h + at.y) * w + at.x;
              return values[0][static_cast<std::size_t>(i)];
            },
            [&](const Transpose& transpose) {
              const std::int64_t to[] = {at.c, at.y, at.x};
              std::int64_t from[3];
              for (std::size_t axis = 0; axis < 3; ++axis) from[transpose.order[axis]] = to[axis];
              return value(values, 0, {at.n, from[0], from[1], from[2]});
            },
            [](const auto&) -> double { throw std::logic_error("has a reference of its own"); }},
        op);
  }
};

/// The gradient of sum(diff[i] y[i]) by every x, where y = f(x): central differences.
template <typename Function>
Doubles numeric_gradient(const Function& f, Doubles x, const Doubles& diff) {
  constexpr double kStep = 1e-5;
  const auto loss = [&] {
    const Doubles y = f(x);
    double sum = 0;
    for (std::size_t i = 0; i < y.size(); ++i) sum += diff[i] * y[i];
    return sum;
  };
  Doubles gradient;
  for (double& element : x) {
    const double centre = element;
    element = centre + kStep;
    const double above = loss();
    element = centre - kStep;
    gradient.push_back((above - loss()) / (2 * kStep));
    element = centre;
  }
  return gradient;
}

}  // namespace karnin::test
