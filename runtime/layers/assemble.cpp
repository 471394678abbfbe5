#include "runtime/layers/assemble.h"

#include <algorithm>

#include "runtime/core/error.h"
#include "runtime/layers/convolution.h"
#include "runtime/layers/convolution_planes.h"
#include "runtime/layers/dropout.h"
#include "runtime/layers/fc_inference.h"
#include "runtime/layers/fc_training.h"
#include "runtime/layers/max_pooling.h"
#include "runtime/layers/pooling.h"
#include "runtime/layers/relu.h"
#include "runtime/layers/reorder.h"
#include "runtime/layers/rewrite.h"

namespace karnin {
namespace {

/// Appends layer after layer; the blob is what the next one is offered.
class Assembler {
 public:
  Assembler(const Extent& input, const ChainOptions& options)
      : options_(options),
        training_(options.purpose == Purpose::training),
        blob_{options.images, input, Layout::nchw} {}

  void add(const Step& step) {
    std::visit([&](const auto& spec) { this->add(step, spec); }, step.op);
  }

  Assembly finish() && {
    demand(Layout::nchw, "logits");
    return std::move(assembly_);
  }

 private:
  void add(const Step& step, const Conv2d& spec) {
    if (step.pooled) return add_pooled(step, spec);
    const onednn::ConvolutionOptions options{
        .relu = step.relu, .training = training_, .diff_src = training_ && trainable_above_};
    auto layer = std::make_unique<ConvolutionLayer>(step.name, spec, blob_, step.dst, options);
    demand(layer->src().layout, step.name);
    append_trainable(std::move(layer), step.node);
  }

  void add_pooled(const Step& step, const Conv2d& spec) {
    demand(Layout::nchw, step.name);
    append_trainable(
        std::make_unique<ConvolutionPlanesLayer>(
            step.name, spec, blob_, step.dst,
            ConvolutionPlanesOptions{step.relu, options_.purpose, training_ && trainable_above_}),
        step.node);
  }

  void add(const Step& step, const FullyConnected& spec) {
    if (training_) {
      demand(Layout::nchw, step.name);
      append_trainable(std::make_unique<FcTrainingLayer>(step.name, spec, blob_, step.relu),
                       step.node);
      return;
    }
    const FcKernel kernel = options_.fc_kernel ? options_.fc_kernel(step.name) : FcKernel::dense;
    append_trainable(make_fc_inference(step.name, spec, blob_, step.relu, kernel), step.node);
  }

  void add(const Step& step, const Pool2d& spec) {
    if (spec.kind == PoolKind::max)
      append(std::make_unique<MaxPoolingLayer>(step.name, spec, blob_, step.dst), step.node);
    else
      append(std::make_unique<PoolingLayer>(step.name, spec, blob_, step.dst, options_.purpose),
             step.node);
  }

  void add(const Step& step, const Relu& /*spec*/) {
    append(std::make_unique<ReluLayer>(step.name, blob_), step.node);
  }

  /// Neither is ever a step of a chain.
  void add(const Step& /*step*/, const Input& /*spec*/) {}
  void add(const Step& /*step*/, const Add& /*spec*/) {}

  void add(const Step& step, const Dropout& spec) {
    const auto number = std::uint64_t{step.number};
    append(std::make_unique<DropoutLayer>(step.name, spec, blob_, number), step.node);
  }

  /// Makes sure that the layer `before` gets its activations in this layout.
  void demand(Layout layout, const std::string& before) {
    if (blob_.layout != layout)
      append(std::make_unique<ReorderLayer>("reorder for " + before, blob_, layout));
  }

  void append(std::unique_ptr<Layer> layer, int node = kNoNode) {
    blob_ = layer->dst();
    assembly_.layers.push_back(std::move(layer));
    assembly_.nodes.push_back(node);
  }

  void append_trainable(std::unique_ptr<Layer> layer, int node) {
    append(std::move(layer), node);
    trainable_above_ = true;
  }

  const ChainOptions& options_;
  bool training_;
  Blob blob_;
  bool trainable_above_ = false;  // a layer before that learns, and wants a gradient
  Assembly assembly_;
};

bool fit_planes(const std::vector<Step>& steps, std::int64_t images) {
  return std::ranges::all_of(steps, [&](const Step& step) {
    return ConvolutionPlanesLayer::covers(step.src, step.dst, images);
  });
}

}  // namespace

Assembly assemble(const Graph& graph, const ChainOptions& options) {
  std::vector<Step> steps = steps_of(graph);
  remove_idle_dropout(steps, options.purpose);
  if (options.purpose == Purpose::training) move_relu_behind_max_pool(steps);
  const bool planes = options.kind == ChainKind::planes && fit_planes(steps, options.images);
  if (planes && options.purpose == Purpose::training) fuse_max_pool(steps);
  fuse_relu(steps);
  if (planes) fuse_max_pool(steps);
  if (steps.empty()) throw ShapeError("architecture: no layer is left that computes anything");
  Assembler assembler(input_extent(graph), options);
  for (const Step& step : steps) assembler.add(step);
  return std::move(assembler).finish();
}

}  // namespace karnin
