#include "runtime/onednn/inner_product.h"

#include <cassert>
#include <optional>

#include "runtime/onednn/blocked_weights.h"
#include "runtime/onednn/serial_call.h"
#include "runtime/onednn/version.h"
#include "runtime/onednn/weight_gradient.h"

namespace karnin::onednn {
namespace {

/// Activations are plain rows, the layout of the weights is oneDNN's choice.
struct InnerProductProblem {
  explicit InnerProductProblem(const InnerProductShape& shape)
      : src(plain_desc({shape.rows, shape.ic})),
        dst(plain_desc({shape.rows, shape.oc})),
        weights(any_desc({shape.oc, shape.ic})),
        plain_weights(plain_desc({shape.oc, shape.ic})),
        bias(plain_desc({shape.oc})) {}

  Desc src, dst, weights, plain_weights, bias;

  auto forward(bool relu, bool training) const {
    dnnl::primitive_attr attr = worker_scratchpad();
    if (relu) {
      dnnl::post_ops ops;
      append_relu(ops);
      attr.set_post_ops(ops);
    }
    const auto kind =
        training ? dnnl::prop_kind::forward_training : dnnl::prop_kind::forward_inference;
    return describe<dnnl::inner_product_forward>(attr, kind, src, weights, bias, dst);
  }
};

}  // namespace

struct InnerProduct::Impl {
  Impl(const InnerProductShape& shape, bool relu, bool training)
      : problem(shape),
        forward(problem.forward(relu, training)),
        weights(problem.plain_weights, forward.desc.weights_desc()),
        bias(problem.bias, forward.desc.bias_desc()) {
    if (training) prepare_gradients();
  }

  void prepare_gradients() {
    const InnerProductProblem& p = problem;
    backward_weights.emplace(
        describe_backward<dnnl::inner_product_backward_weights>(worker_scratchpad(), forward.desc,
                                                                p.src, p.weights, p.bias, p.dst),
        p.plain_weights);
    backward_data.emplace(describe_backward<dnnl::inner_product_backward_data>(
        worker_scratchpad(), forward.desc, p.src, p.weights, p.dst));
    backward_data_weights.emplace(p.plain_weights, backward_data->desc.weights_desc());
  }

  InnerProductProblem problem;
  Prepared<dnnl::inner_product_forward> forward;
  BlockedWeights weights, bias;
  std::optional<PreparedWeightGradient<dnnl::inner_product_backward_weights>> backward_weights;
  std::optional<Prepared<dnnl::inner_product_backward_data>> backward_data;
  std::optional<BlockedWeights> backward_data_weights;
};

InnerProduct::InnerProduct(const InnerProductShape& shape, bool relu, bool training)
    : impl_(serial_call("inner product",
                        [&] { return std::make_unique<Impl>(shape, relu, training); })) {}
InnerProduct::~InnerProduct() = default;

std::string InnerProduct::implementation() const { return onednn::implementation(impl_->forward); }

void InnerProduct::set_parameters(const float* weights, const float* bias) {
  impl_->weights.update(weights);
  impl_->bias.update(bias);
  if (impl_->backward_data_weights) impl_->backward_data_weights->update(weights);
}

struct InnerProduct::Bound::Impl {
  Impl(const InnerProduct::Impl& shared, const Binding& binding) {
    const InnerProductProblem& p = shared.problem;
    const dnnl::memory src = view(p.src, binding.src);
    forward.emplace(shared.forward, Command::Arguments{{DNNL_ARG_SRC, src},
                                                       {DNNL_ARG_WEIGHTS, shared.weights.memory()},
                                                       {DNNL_ARG_BIAS, shared.bias.memory()},
                                                       {DNNL_ARG_DST, view(p.dst, binding.dst)}});
    if (binding.diff_dst == nullptr) return;
    assert(shared.backward_weights && shared.backward_data && binding.diff_src != nullptr);
    const dnnl::memory diff_dst = view(p.dst, binding.diff_dst);
    backward_weights.emplace(*shared.backward_weights, src, diff_dst);
    backward_data.emplace(
        *shared.backward_data,
        Command::Arguments{{DNNL_ARG_DIFF_DST, diff_dst},
                           {DNNL_ARG_WEIGHTS, shared.backward_data_weights->memory()},
                           {DNNL_ARG_DIFF_SRC, view(p.src, binding.diff_src)}});
  }

  std::optional<Command> forward, backward_data;
  std::optional<WeightGradient> backward_weights;
};

InnerProduct::Bound::Bound(const InnerProduct& inner_product, const Binding& binding)
    : impl_(serial_call("inner product",
                        [&] { return std::make_unique<Impl>(*inner_product.impl_, binding); })) {}
InnerProduct::Bound::~Bound() = default;

void InnerProduct::Bound::forward() { impl_->forward->run(); }

void InnerProduct::Bound::backward_weights(float* diff_weights, float* diff_bias) {
  impl_->backward_weights->run(diff_weights, diff_bias);
}

void InnerProduct::Bound::backward_data() { impl_->backward_data->run(); }

}  // namespace karnin::onednn
