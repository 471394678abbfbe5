#include "runtime/program/layer_choice.h"

#include <cassert>

#include "runtime/layers/add.h"
#include "runtime/layers/convolution.h"
#include "runtime/layers/convolution_lanes.h"
#include "runtime/layers/convolution_planes.h"
#include "runtime/layers/dropout.h"
#include "runtime/layers/fc_inference.h"
#include "runtime/layers/fc_lanes.h"
#include "runtime/layers/fc_training.h"
#include "runtime/layers/max_pooling.h"
#include "runtime/layers/pooling.h"
#include "runtime/layers/pooling_lanes.h"
#include "runtime/layers/relu.h"
#include "runtime/layers/reorder_lanes.h"

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
    const auto& [step, options, src, dst, diff_src] = request_;
    if (in_lanes())
      return std::make_unique<ConvolutionLanesLayer>(
          step.name, op, src, dst, ConvolutionLanesOptions{step.relu, step.pooled, purpose_});
    if (step.pooled)
      return std::make_unique<ConvolutionPlanesLayer>(
          step.name, op, src, dst, ConvolutionPlanesOptions{step.relu, purpose_, diff_src});
    return std::make_unique<ConvolutionLayer>(
        step.name, op, src, dst,
        onednn::ConvolutionOptions{
            .relu = step.relu, .training = training(), .diff_src = diff_src});
  }

  LayerPtr operator()(const FullyConnected& op) const {
    const auto& [step, options, src, dst, diff_src] = request_;
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
    const auto& [step, options, src, dst, diff_src] = request_;
    if (in_lanes()) return std::make_unique<PoolingLanesLayer>(step.name, op, src, dst);
    if (op.kind == PoolKind::max) return std::make_unique<MaxPoolingLayer>(step.name, op, src, dst);
    return std::make_unique<PoolingLayer>(step.name, op, src, dst, purpose_);
  }

  LayerPtr operator()(const Relu& /*op*/) const {
    return std::make_unique<ReluLayer>(step_.name, request_.src);
  }

  LayerPtr operator()(const Dropout& op) const {
    return std::make_unique<DropoutLayer>(step_.name, op, request_.src, step_.number);
  }

  LayerPtr operator()(const Add& /*op*/) const {
    return std::make_unique<AddLayer>(step_.name, request_.src);
  }

 private:
  bool in_lanes() const { return step_.domain == Domain::lanes; }
  bool training() const { return purpose_ == Purpose::training; }

  const DraftStep& step_;
  const LayerRequest& request_;
  Purpose purpose_;
};

bool is_lanes(Layout layout) { return Blob{1, {1, 1, 1}, layout}.lanes() > 1; }

}  // namespace

std::optional<Layout> wanted_layout(const DraftStep& step, Purpose purpose, Layout offered) {
  if (step.domain == Domain::lanes) return lanes_layout();
  const bool rows = is<FullyConnected>(step.op) && purpose == Purpose::training;
  if (step.pooled || rows || is_lanes(offered)) return Layout::nchw;
  return std::nullopt;
}

bool has_layer(const Op& op, Domain domain) {
  const auto* conv = std::get_if<Conv2d>(&op);
  return domain != Domain::lanes || conv == nullptr || ConvolutionLanesLayer::covers(*conv);
}

LayerPtr make_layer(const LayerRequest& request) {
  return std::visit(LayerMaker(request), request.step.op);
}

}  // namespace karnin
