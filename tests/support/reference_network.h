// A whole network as the composition of the reference operators: every node as it stands in the
// graph, nothing fused, moved or blocked.
#pragma once

#include <utility>
#include <variant>
#include <vector>

#include "runtime/graph/parameters.h"
#include "tests/support/fill.h"
#include "tests/support/reference_batch_norm.h"
#include "tests/support/reference_conv.h"
#include "tests/support/reference_fc.h"
#include "tests/support/reference_op.h"
#include "tests/support/reference_pool.h"
#include "tests/support/reference_relu.h"

namespace karnin::test {

/// Random ones, with variances above 0.5.
inline std::vector<Values> random_parameters(const Graph& graph) {
  std::vector<Values> parameters;
  for (const ParameterSpec& spec : parameter_specs(graph)) {
    Values values = uniforms(element_count(spec.dims), parameters.size() + 20);
    for (float& x : values) x = spec.role == Role::variance ? 1 + 0.5F * x : 0.5F * x;
    parameters.push_back(std::move(values));
  }
  return parameters;
}

class ReferenceNetwork {
 public:
  /// parameters as in parameter_specs(); whether batch norm measures, as in training.
  ReferenceNetwork(Graph graph, std::int64_t images, std::vector<Values> parameters,
                   bool measures = false)
      : graph_(std::move(graph)),
        extents_(infer_extents(graph_)),
        specs_(parameter_specs(graph_)),
        images_(images),
        measures_(measures),
        parameters_(std::move(parameters)) {}

  /// The logits: the first output.
  const Values& forward(const Values& input) {
    values_.clear();
    for (NodeId id = 0; std::cmp_less(id, extents_.size()); ++id)
      values_.push_back(
          is<Input>(graph_.node(id).op)
              ? input
              : std::visit([&](const auto& op) { return forward(id, op); }, graph_.node(id).op));
    return at(values_, graph_.outputs.front());
  }

  /// The k-th output of the last forward().
  const Values& output(std::size_t k) const { return at(values_, graph_.outputs[k]); }

  /// The gradient of every parameter; what was measured of statistics.
  std::vector<Values> backward(const Values& diff_logits) {
    gradients_.assign(parameters_.size(), {});
    diffs_.clear();
    for (const Values& value : values_) diffs_.emplace_back(value.size());
    at(diffs_, graph_.outputs.front()) = diff_logits;
    for (auto id = static_cast<NodeId>(extents_.size()); id-- > 0;)
      std::visit([&](const auto& op) { backward(id, op, at(diffs_, id)); }, graph_.node(id).op);
    return gradients_;
  }

 private:
  static Values rounded(const Sums& sums) { return {sums.begin(), sums.end()}; }

  template <typename T>
  static T& at(std::vector<T>& by_node, NodeId id) {
    return by_node[static_cast<std::size_t>(id)];
  }
  template <typename T>
  static const T& at(const std::vector<T>& by_node, NodeId id) {
    return by_node[static_cast<std::size_t>(id)];
  }
  NodeId input(NodeId id, std::size_t i = 0) const { return graph_.node(id).inputs[i]; }
  const Values& src(NodeId id, std::size_t i = 0) const { return at(values_, input(id, i)); }
  std::size_t parameter(NodeId id, Role role) const {
    return find_parameter(specs_, id, role).value();
  }
  const Values& weights(NodeId id) const { return parameters_[parameter(id, Role::weight)]; }
  const Values& bias(NodeId id) const { return parameters_[parameter(id, Role::bias)]; }

  ConvCase conv_case(NodeId id, const Conv2d& op) const {
    return {images_, at(extents_, input(id)), op};
  }
  PoolCase pool_case(NodeId id, const Pool2d& op) const {
    return {images_, at(extents_, input(id)), op};
  }
  kernels::FcShape fc_shape(NodeId id, const FullyConnected& op) const {
    return {images_, at(extents_, input(id)).size(), op.oc};
  }

  Values forward(NodeId /*id*/, const Input& /*op*/) { return {}; }
  Values forward(NodeId id, const Conv2d& op) {
    return rounded(reference_conv(conv_case(id, op), src(id), weights(id), bias(id)));
  }
  Values forward(NodeId id, const Pool2d& op) {
    return rounded(reference_pool(pool_case(id, op), src(id)));
  }
  Values forward(NodeId id, const Relu& /*op*/) { return reference_relu(src(id)); }
  Values forward(NodeId id, const FullyConnected& op) {
    const auto shape = fc_shape(id, op);
    return rounded(reference_forward(shape, src(id), weights(id), bias(id), false).value);
  }
  /// At rate 0, or in inference.
  Values forward(NodeId id, const Dropout& /*op*/) { return src(id); }
  Values forward(NodeId id, const BatchNorm& op) {
    if (!measures_) return forward_by_definition(id);
    const std::vector<Doubles> own = own_parameters(id);
    return rounded(ReferenceBatchNorm{op, at(extents_, id), images_}.forward(
        srcs_of(id, 0, images_).front(), own[0], own[1]));
  }
  /// All others, as ReferenceOp has them.
  template <typename Other>
  Values forward(NodeId id, const Other& /*op*/) {
    return forward_by_definition(id);
  }
  Values forward_by_definition(NodeId id) {
    return rounded(reference_op(id, images_).forward(srcs_of(id, 0, images_), own_parameters(id)));
  }
  Values forward(NodeId id, const Add& /*op*/) {
    Values sum = src(id);
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += src(id, 1)[i];
    return sum;
  }

  /// To the gradient of what node `id` reads, which others may read, too.
  void add_diff(NodeId id, const Values& diff, std::size_t i = 0) {
    Values& sum = at(diffs_, input(id, i));
    for (std::size_t k = 0; k < sum.size(); ++k) sum[k] += diff[k];
  }

  void backward(NodeId /*id*/, const Input& /*op*/, const Values& /*diff*/) {}
  void backward(NodeId id, const Conv2d& op, const Values& diff) {
    const ConvCase c = conv_case(id, op);
    gradients_[parameter(id, Role::bias)] = rounded(reference_conv_backward_bias(c, diff));
    gradients_[parameter(id, Role::weight)] =
        rounded(reference_conv_backward_weights(c, src(id), diff));
    add_diff(id, rounded(reference_conv_backward_data(c, diff, weights(id))));
  }
  void backward(NodeId id, const Pool2d& op, const Values& diff) {
    add_diff(id, rounded(reference_pool_backward(pool_case(id, op), src(id), diff)));
  }
  void backward(NodeId id, const Relu& /*op*/, const Values& diff) {
    add_diff(id, reference_relu_backward(src(id), diff));
  }
  void backward(NodeId id, const FullyConnected& op, const Values& diff) {
    const auto shape = fc_shape(id, op);
    gradients_[parameter(id, Role::bias)] = rounded(reference_backward_bias(shape, diff).value);
    gradients_[parameter(id, Role::weight)] =
        rounded(reference_backward_weights(shape, src(id), diff).value);
    add_diff(id, rounded(reference_backward_data(shape, diff, weights(id)).value));
  }
  void backward(NodeId id, const Dropout& /*op*/, const Values& diff) { add_diff(id, diff); }
  void backward(NodeId id, const Add& /*op*/, const Values& diff) {
    add_diff(id, diff, 0);
    add_diff(id, diff, 1);
  }

  ReferenceOp reference_op(NodeId id, std::int64_t images) const {
    return {graph_.node(id).op, source_extents(graph_, extents_, id), images};
  }
  /// What node `id` reads, of `count` images from the `first` one on.
  std::vector<Doubles> srcs_of(NodeId id, std::int64_t first, std::int64_t count) const {
    std::vector<Doubles> srcs;
    for (const NodeId input : graph_.node(id).inputs) {
      const auto from = at(values_, input).begin() + first * at(extents_, input).size();
      srcs.emplace_back(from, from + count * at(extents_, input).size());
    }
    return srcs;
  }
  std::vector<Doubles> own_parameters(NodeId id) const {
    std::vector<Doubles> own;
    for (std::size_t p = 0; p < specs_.size(); ++p)
      if (specs_[p].node == id) own.emplace_back(parameters_[p].begin(), parameters_[p].end());
    return own;
  }

  /// By differences of the definition: over all images at once where they are measured together.
  void backward(NodeId id, const BatchNorm& op, const Values& diff) {
    if (!measures_) return backward_by_image(id, diff);
    const ReferenceBatchNorm norm{op, at(extents_, id), images_};
    const Doubles x = srcs_of(id, 0, images_).front(), weights(diff.begin(), diff.end());
    const std::vector<Doubles> own = own_parameters(id);
    const auto by = [&](const Doubles& centre, const auto& value) {
      const Doubles gradient = numeric_gradient(value, centre, weights);
      return Values(gradient.begin(), gradient.end());
    };
    add_diff(id, by(x, [&](const Doubles& y) { return norm.forward(y, own[0], own[1]); }));
    gradients_[parameter(id, Role::scale)] =
        by(own[0], [&](const Doubles& scale) { return norm.forward(x, scale, own[1]); });
    gradients_[parameter(id, Role::shift)] =
        by(own[1], [&](const Doubles& shift) { return norm.forward(x, own[0], shift); });
    gradients_[parameter(id, Role::mean)] = rounded(norm.means(x));
    gradients_[parameter(id, Role::variance)] = rounded(norm.variances(x));
  }

  template <typename Other>
  void backward(NodeId id, const Other& /*op*/, const Values& diff) {
    backward_by_image(id, diff);
  }

  /// Image after image, by differences of the definition.
  void backward_by_image(NodeId id, const Values& diff) {
    const ReferenceOp op = reference_op(id, 1);
    const std::int64_t floats = at(extents_, id).size();
    for (std::size_t p = 0; p < specs_.size(); ++p)
      if (specs_[p].node == id) gradients_[p].assign(parameters_[p].size(), 0.0F);
    for (std::int64_t image = 0; image < images_; ++image) {
      std::vector<Doubles> srcs = srcs_of(id, image, 1), own = own_parameters(id);
      const Doubles weights(diff.begin() + image * floats, diff.begin() + (image + 1) * floats);
      const auto add_gradient = [&](Doubles& by, Values& sums, std::int64_t offset) {
        const Doubles centre = by;
        const auto value = [&](const Doubles& x) {
          by = x;
          return op.forward(srcs, own);
        };
        const Doubles gradient = numeric_gradient(value, centre, weights);
        by = centre;
        for (std::size_t k = 0; k < gradient.size(); ++k)
          sums[static_cast<std::size_t>(offset) + k] += static_cast<float>(gradient[k]);
      };
      for (std::size_t i = 0; i < srcs.size(); ++i)
        add_gradient(srcs[i], at(diffs_, input(id, i)), image * at(extents_, input(id, i)).size());
      for (std::size_t p = 0, k = 0; p < specs_.size(); ++p)
        if (specs_[p].node == id) add_gradient(own[k++], gradients_[p], 0);
    }
  }

  Graph graph_;
  std::vector<Extent> extents_;
  std::vector<ParameterSpec> specs_;
  std::int64_t images_;
  bool measures_;
  std::vector<Values> parameters_, gradients_;
  std::vector<Values> values_, diffs_;  // by node
};

}  // namespace karnin::test
