// The sums of reference_conv.h together with what bounds the rounding errors of whoever computes
// them in float.
#pragma once

#include "tests/support/reference_conv.h"
#include "tests/support/reference_fc.h"

namespace karnin::test {

/// Sums that products are added to one by one.
class BoundedSums {
 public:
  explicit BoundedSums(std::int64_t count)
      : reference_{std::vector<double>(static_cast<std::size_t>(count)),
                   std::vector<double>(static_cast<std::size_t>(count)), 0},
        terms_(static_cast<std::size_t>(count)) {}

  void add(std::int64_t at, double a, double b) {
    const auto i = static_cast<std::size_t>(at);
    reference_.value[i] += a * b;
    reference_.magnitude[i] += std::abs(a * b);
    reference_.terms = std::max(reference_.terms, ++terms_[i]);
  }
  Reference& reference() { return reference_; }

 private:
  Reference reference_;
  std::vector<std::int64_t> terms_;
};

inline double at(const Values& values, std::int64_t i) {
  return values[static_cast<std::size_t>(i)];
}

inline Reference bounded_conv(const ConvCase& c, const Values& src, const Values& weights,
                              const Values& bias, bool relu) {
  BoundedSums sums(c.dst_size());
  const std::int64_t plane = c.dst().h * c.dst().w;
  for (std::int64_t i = 0; i < c.dst_size(); ++i) sums.add(i, at(bias, i / plane % c.spec.oc), 1);
  for_each_product(c, [&](auto s, auto w, auto d) { sums.add(d, at(src, s), at(weights, w)); });
  if (relu)
    for (double& x : sums.reference().value) x = std::max(x, 0.0);
  return sums.reference();
}

inline Reference bounded_conv_backward_data(const ConvCase& c, const Values& diff_dst,
                                            const Values& weights) {
  BoundedSums sums(c.src_size());
  for_each_product(c,
                   [&](auto s, auto w, auto d) { sums.add(s, at(diff_dst, d), at(weights, w)); });
  return sums.reference();
}

/// Gradients of the weights, then those of the biases.
inline Reference bounded_conv_backward_weights(const ConvCase& c, const Values& src,
                                               const Values& diff_dst) {
  BoundedSums sums(c.weights_size() + c.spec.oc);
  for_each_product(c, [&](auto s, auto w, auto d) { sums.add(w, at(src, s), at(diff_dst, d)); });
  const std::int64_t plane = c.dst().h * c.dst().w;
  for (std::int64_t i = 0; i < c.dst_size(); ++i)
    sums.add(c.weights_size() + i / plane % c.spec.oc, at(diff_dst, i), 1);
  return sums.reference();
}

}  // namespace karnin::test
