#include "runtime/layers/assemble_lanes.h"

#include "runtime/core/error.h"
#include "runtime/layers/convolution_lanes.h"
#include "runtime/layers/dropout.h"
#include "runtime/layers/fc_lanes.h"
#include "runtime/layers/pooling_lanes.h"
#include "runtime/layers/relu.h"
#include "runtime/layers/reorder_lanes.h"
#include "runtime/layers/rewrite.h"

namespace karnin {
namespace {

/// Appends layer after layer; the blob is what the next one is offered.
class LanesAssembler {
 public:
  LanesAssembler(const Extent& input, const ChainOptions& options)
      : options_(options), blob_{options.images, input, Layout::nchw} {
    append(std::make_unique<ReorderLanesLayer>("images to lanes", blob_, lanes_layout()));
  }

  void add(const Step& step) {
    std::visit([&](const auto& spec) { this->add(step, spec); }, step.op);
  }

  Assembly finish() && {
    append(std::make_unique<ReorderLanesLayer>("logits from lanes", blob_, Layout::nchw));
    return std::move(assembly_);
  }

 private:
  void add(const Step& step, const Conv2d& spec) {
    append(std::make_unique<ConvolutionLanesLayer>(
               step.name, spec, blob_, step.dst,
               ConvolutionLanesOptions{step.relu, step.pooled, options_.purpose}),
           step.node);
  }

  void add(const Step& step, const FullyConnected& spec) {
    const bool training = options_.purpose == Purpose::training;
    const bool sparse =
        !training && options_.fc_kernel && options_.fc_kernel(step.name) == FcKernel::sparse_lanes;
    if (sparse)
      append(std::make_unique<FcSparseLanesLayer>(step.name, spec, blob_, step.relu), step.node);
    else
      append(std::make_unique<FcLanesLayer>(step.name, spec, blob_, step.relu, options_.purpose),
             step.node);
  }

  void add(const Step& step, const Pool2d& spec) {
    append(std::make_unique<PoolingLanesLayer>(step.name, spec, blob_, step.dst), step.node);
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

  void append(std::unique_ptr<Layer> layer, int node = kNoNode) {
    blob_ = layer->dst();
    assembly_.layers.push_back(std::move(layer));
    assembly_.nodes.push_back(node);
  }

  const ChainOptions& options_;
  Blob blob_;
  Assembly assembly_;
};

}  // namespace

Assembly assemble_lanes(const Graph& graph, const ChainOptions& options) {
  std::vector<Step> steps = steps_of(graph);
  remove_idle_dropout(steps, options.purpose);
  if (options.purpose == Purpose::training) move_relu_behind_max_pool(steps);
  fuse_relu(steps);
  if (options.purpose == Purpose::inference) fuse_max_pool(steps);
  if (steps.empty()) throw ShapeError("architecture: no layer is left that computes anything");
  LanesAssembler assembler(input_extent(graph), options);
  for (const Step& step : steps) assembler.add(step);
  return std::move(assembler).finish();
}

}  // namespace karnin
