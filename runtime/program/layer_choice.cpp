#include "runtime/program/layer_choice.h"

#include <cassert>

#include "runtime/layers/activation.h"
#include "runtime/layers/add.h"
#include "runtime/layers/arithmetic.h"
#include "runtime/layers/batch_norm.h"
#include "runtime/layers/channel_affine.h"
#include "runtime/layers/concat.h"
#include "runtime/layers/convolution.h"
#include "runtime/layers/convolution_lanes.h"
#include "runtime/layers/convolution_planes.h"
#include "runtime/layers/convolution_sparse_planes.h"
#include "runtime/layers/dropout.h"
#include "runtime/layers/fc_inference.h"
#include "runtime/layers/fc_lanes.h"
#include "runtime/layers/fc_training.h"
#include "runtime/layers/global_average.h"
#include "runtime/layers/max_pooling.h"
#include "runtime/layers/pad.h"
#include "runtime/layers/pooling.h"
#include "runtime/layers/pooling_lanes.h"
#include "runtime/layers/prelu.h"
#include "runtime/layers/relu.h"
#include "runtime/layers/reorder_lanes.h"
#include "runtime/layers/reshape.h"
#include "runtime/layers/softmax.h"
#include "runtime/layers/transpose.h"

namespace karnin {
namespace {

using LayerPtr = std::unique_ptr<Layer>;

/// One overload an op.
class LayerMaker {
 public:
  explicit LayerMaker(const LayerRequest& request)
      : step_(request.step), request_(request), purpose_(request.options.purpose) {}

  LayerPtr operator()(const Input& /*op*/) const {
    assert(!"an input is no step");
    return nullptr;
  }

  LayerPtr operator()(const Conv2d& op) const {
    const auto& [step, options, src, srcs, dst, diff_src] = request_;
    if (in_lanes())
      return std::make_unique<ConvolutionLanesLayer>(
          step.name, op, src, dst,
          ConvolutionLanesOptions{step.adds, step.relu, step.pooled, purpose_});
    if (step.domain == Domain::sparse_planes)
      return std::make_unique<ConvolutionSparsePlanesLayer>(
          step.name, op, src, dst, ConvolutionSparsePlanesOptions{step.adds, step.relu});
    if (step.pooled)
      return std::make_unique<ConvolutionPlanesLayer>(
          step.name, op, src, dst, ConvolutionPlanesOptions{step.relu, purpose_, diff_src});
    return std::make_unique<ConvolutionLayer>(
        step.name, op, src, dst,
        onednn::ConvolutionOptions{.add = step.adds,
                                   .relu = step.relu,
                                   .activation = step.activation,
                                   .training = training(),
                                   .diff_src = diff_src,
                                   .channels_last = step.domain == Domain::nhwc,
                                   .sharers = training() ? 1 : options.sharers});
  }

  LayerPtr operator()(const FullyConnected& op) const {
    const auto& [step, options, src, srcs, dst, diff_src] = request_;
    if (training() && !in_lanes())
      return std::make_unique<FcTrainingLayer>(step.name, op, src, step.relu);
    const FcKernel kernel =
        training() || !options.fc_kernel ? FcKernel::dense : options.fc_kernel(step.name);
    if (!in_lanes()) return make_fc_inference(step.name, op, src, step.relu, kernel);
    if (kernel == FcKernel::sparse_lanes)
      return std::make_unique<FcSparseLanesLayer>(step.name, op, src, step.relu);
    return std::make_unique<FcLanesLayer>(step.name, op, src, step.relu, purpose_);
  }

  LayerPtr operator()(const Pool2d& op) const {
    const auto& [step, options, src, srcs, dst, diff_src] = request_;
    if (in_lanes()) return std::make_unique<PoolingLanesLayer>(step.name, op, src, dst);
    if (op.kind == PoolKind::max) return std::make_unique<MaxPoolingLayer>(step.name, op, src, dst);
    if (!training() && GlobalAverageLayer::covers(op, src, dst))
      return std::make_unique<GlobalAverageLayer>(step.name, src);
    return std::make_unique<PoolingLayer>(step.name, op, src, dst, purpose_);
  }

  LayerPtr operator()(const Relu& /*op*/) const {
    return std::make_unique<ReluLayer>(step_.name, request_.src);
  }

  LayerPtr operator()(const Dropout& op) const {
    return std::make_unique<DropoutLayer>(step_.name, op, request_.src, step_.number);
  }

  LayerPtr operator()(const Activation& op) const {
    return std::make_unique<ActivationLayer>(step_.name, op, request_.src, purpose_);
  }

  LayerPtr operator()(const PRelu& /*op*/) const {
    return std::make_unique<PReluLayer>(step_.name, request_.src, purpose_);
  }

  LayerPtr operator()(const ChannelAffine& /*op*/) const {
    return std::make_unique<ChannelAffineLayer>(step_.name, request_.src, std::nullopt, purpose_);
  }

  LayerPtr operator()(const BatchNorm& op) const {
    if (training() && request_.options.measures)
      return std::make_unique<BatchNormLayer>(step_.name, op, request_.src);
    return std::make_unique<ChannelAffineLayer>(step_.name, request_.src, op.epsilon, purpose_);
  }

  LayerPtr operator()(const Add& /*op*/) const {
    return std::make_unique<AddLayer>(step_.name, request_.src);
  }

  LayerPtr operator()(const Arithmetic& op) const {
    return std::make_unique<ArithmeticLayer>(step_.name, op.kind, request_.src, request_.srcs[1]);
  }

  LayerPtr operator()(const Concat& /*op*/) const {
    return std::make_unique<ConcatLayer>(step_.name, request_.src, request_.srcs, request_.dst);
  }

  LayerPtr operator()(const Softmax& op) const {
    return std::make_unique<SoftmaxLayer>(step_.name, op, request_.src);
  }

  LayerPtr operator()(const Pad& op) const {
    return std::make_unique<PadLayer>(step_.name, op, request_.src, request_.dst);
  }

  LayerPtr operator()(const Reshape& /*op*/) const {
    return std::make_unique<ReshapeLayer>(step_.name, request_.src, request_.dst);
  }

  LayerPtr operator()(const Transpose& op) const {
    return std::make_unique<TransposeLayer>(step_.name, op, request_.src, request_.dst);
  }

 private:
  bool in_lanes() const { return step_.domain == Domain::lanes; }
  bool training() const { return purpose_ == Purpose::training; }

  const DraftStep& step_;
  const LayerRequest& request_;
  Purpose purpose_;
};

/// Whether its layer is written for planes alone.
bool wants_planes(const Op& op) {
  if (const auto* activation = std::get_if<Activation>(&op)) return !activation->keeps_zero();
  return is<PRelu>(op) || is<ChannelAffine>(op) || is<BatchNorm>(op) || is<Arithmetic>(op) ||
         is<Concat>(op) || is<Softmax>(op) || is<Pad>(op) || is<Reshape>(op) || is<Transpose>(op);
}

bool is_lanes(Layout layout) { return Blob{1, {1, 1, 1}, layout}.lanes() > 1; }

}  // namespace

std::optional<Layout> wanted_layout(const DraftStep& step, Purpose purpose, Layout offered) {
  if (step.domain == Domain::lanes) return lanes_layout();
  const bool rows = is<FullyConnected>(step.op) && purpose == Purpose::training;
  const bool sparse = step.domain == Domain::sparse_planes && is<Conv2d>(step.op);
  if (step.pooled || rows || sparse || is_lanes(offered) || wants_planes(step.op))
    return Layout::nchw;
  return std::nullopt;
}

bool has_layer(const Op& op, Domain domain, const Extent& src, const Extent& dst, Purpose purpose) {
  const auto* conv = std::get_if<Conv2d>(&op);
  if (conv != nullptr && domain == Domain::sparse_planes)
    return purpose == Purpose::inference && ConvolutionSparsePlanesLayer::covers(*conv, src, dst);
  if (domain != Domain::lanes) return true;
  if (conv != nullptr) return ConvolutionLanesLayer::covers(*conv, src, purpose);
  // Lanes without an image hold zeros, whose quotients are no numbers.
  return op != Op(Arithmetic{ArithmeticKind::divide});
}

LayerPtr make_layer(const LayerRequest& request) {
  return std::visit(LayerMaker(request), request.step.op);
}

}  // namespace karnin
