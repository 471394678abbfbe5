// A whole network as the composition of the reference operators: every node as it stands in the
// architecture, nothing fused, moved or blocked.
#pragma once

#include <variant>
#include <vector>

#include "runtime/core/architecture.h"
#include "tests/support/reference_conv.h"
#include "tests/support/reference_fc.h"
#include "tests/support/reference_pool.h"
#include "tests/support/reference_relu.h"

namespace karnin::test {

class ReferenceNetwork {
 public:
  /// parameters as in parameter_specs().
  ReferenceNetwork(Architecture architecture, std::int64_t images, std::vector<Values> parameters)
      : architecture_(std::move(architecture)),
        extents_(infer_extents(architecture_)),
        images_(images),
        parameters_(std::move(parameters)) {}

  /// The logits.
  const Values& forward(const Values& input) {
    values_ = {input};
    std::size_t parameter = 0;
    for (std::size_t i = 0; i < extents_.size(); ++i)
      values_.push_back(std::visit([&](const auto& spec) { return forward(i, spec, parameter); },
                                   architecture_.nodes[i].spec));
    return values_.back();
  }

  /// The gradient of every parameter.
  std::vector<Values> backward(const Values& diff_logits) {
    std::vector<Values> gradients(parameters_.size());
    std::size_t parameter = parameters_.size();
    Values diff = diff_logits;
    for (std::size_t i = extents_.size(); i-- > 0;)
      diff = std::visit(
          [&](const auto& spec) { return backward(i, spec, diff, parameter, gradients); },
          architecture_.nodes[i].spec);
    return gradients;
  }

 private:
  static Values rounded(const Sums& sums) { return {sums.begin(), sums.end()}; }

  const Extent& src_extent(std::size_t node) const {
    return node == 0 ? architecture_.input : extents_[node - 1];
  }
  ConvCase conv_case(std::size_t node, const Conv2d& spec) const {
    return {images_, src_extent(node), spec};
  }
  PoolCase pool_case(std::size_t node, const Pool2d& spec) const {
    return {images_, src_extent(node), spec};
  }
  kernels::FcShape fc_shape(std::size_t node, const FullyConnected& spec) const {
    return {images_, src_extent(node).size(), spec.oc};
  }

  Values forward(std::size_t node, const Conv2d& spec, std::size_t& parameter) {
    const Values& weights = parameters_[parameter++];
    const Values& bias = parameters_[parameter++];
    return rounded(reference_conv(conv_case(node, spec), values_[node], weights, bias));
  }
  Values forward(std::size_t node, const Pool2d& spec, std::size_t& /*parameter*/) {
    return rounded(reference_pool(pool_case(node, spec), values_[node]));
  }
  Values forward(std::size_t node, const Relu& /*spec*/, std::size_t& /*parameter*/) {
    return reference_relu(values_[node]);
  }
  Values forward(std::size_t node, const FullyConnected& spec, std::size_t& parameter) {
    const Values& weights = parameters_[parameter++];
    const Values& bias = parameters_[parameter++];
    const auto shape = fc_shape(node, spec);
    return rounded(reference_forward(shape, values_[node], weights, bias, false).value);
  }
  /// At rate 0, or in inference.
  Values forward(std::size_t node, const Dropout& /*spec*/, std::size_t& /*parameter*/) {
    return values_[node];
  }

  Values backward(std::size_t node, const Conv2d& spec, const Values& diff, std::size_t& parameter,
                  std::vector<Values>& gradients) {
    const ConvCase c = conv_case(node, spec);
    gradients[--parameter] = rounded(reference_conv_backward_bias(c, diff));
    gradients[--parameter] = rounded(reference_conv_backward_weights(c, values_[node], diff));
    return rounded(reference_conv_backward_data(c, diff, parameters_[parameter]));
  }
  Values backward(std::size_t node, const Pool2d& spec, const Values& diff,
                  std::size_t& /*parameter*/, std::vector<Values>& /*gradients*/) {
    return rounded(reference_pool_backward(pool_case(node, spec), values_[node], diff));
  }
  Values backward(std::size_t node, const Relu& /*spec*/, const Values& diff,
                  std::size_t& /*parameter*/, std::vector<Values>& /*gradients*/) {
    return reference_relu_backward(values_[node], diff);
  }
  Values backward(std::size_t node, const FullyConnected& spec, const Values& diff,
                  std::size_t& parameter, std::vector<Values>& gradients) {
    const auto shape = fc_shape(node, spec);
    gradients[--parameter] = rounded(reference_backward_bias(shape, diff).value);
    gradients[--parameter] = rounded(reference_backward_weights(shape, values_[node], diff).value);
    return rounded(reference_backward_data(shape, diff, parameters_[parameter]).value);
  }
  Values backward(std::size_t /*node*/, const Dropout& /*spec*/, const Values& diff,
                  std::size_t& /*parameter*/, std::vector<Values>& /*gradients*/) {
    return diff;
  }

  Architecture architecture_;
  std::vector<Extent> extents_;
  std::int64_t images_;
  std::vector<Values> parameters_;
  std::vector<Values> values_;  // the input, then the output of every node
};

}  // namespace karnin::test
