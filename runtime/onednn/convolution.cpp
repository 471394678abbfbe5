#include "runtime/onednn/convolution.h"

#include <cassert>
#include <vector>

#include "runtime/onednn/blocked_weights.h"
#include "runtime/onednn/convolution_plan.h"
#include "runtime/onednn/row_parts.h"
#include "runtime/onednn/serial_call.h"
#include "runtime/onednn/weight_gradient.h"

namespace karnin::onednn {
namespace {

using Forward = Prepared<dnnl::convolution_forward>;

/// Forward of some rows, or of all.
struct Part {
  Forward forward;
  std::int64_t src_offset = 0, dst_offset = 0;  // in floats
};

std::vector<Part> parts_of(const ConvolutionPlan& plan, const Conv2d& spec,
                           const ConvolutionOptions& options) {
  const bool in_rows = plan.src.layout == Layout::nhwc && plan.dst.layout == Layout::nhwc;
  std::vector<Part> parts;
  if (in_rows && options.sharers > 1)
    for (const RowPart& rows : row_parts(spec, plan.src, plan.dst, options.sharers)) {
      const auto forward = plan_rows(plan, rows.spec, rows.src, rows.dst.extent, options);
      if (!forward) {
        parts.clear();
        break;
      }
      parts.push_back({Forward(*forward), rows.src_offset, rows.dst_offset});
    }
  if (parts.empty()) parts.push_back({Forward(plan.forward)});
  return parts;
}

}  // namespace

struct Convolution::Impl {
  Impl(const ConvolutionPlan& plan, const Conv2d& spec, const ConvolutionOptions& options)
      : src(plan.src),
        dst(plan.dst),
        plain_weights(plain_desc(weights_dims(spec, src.extent.c))),
        parts(parts_of(plan, spec, options)),
        weights(plain_weights, plan.forward.weights_desc()),
        bias(plain_desc({spec.oc}), plan.forward.bias_desc()) {
    if (plan.backward_weights) backward_weights.emplace(*plan.backward_weights, plain_weights);
    if (plan.backward_data) {
      backward_data.emplace(*plan.backward_data);
      backward_data_weights.emplace(plain_weights, plan.backward_data->weights_desc());
    }
  }

  Blob src, dst;
  Desc plain_weights;
  std::vector<Part> parts;
  BlockedWeights weights, bias;
  std::optional<PreparedWeightGradient<dnnl::convolution_backward_weights>> backward_weights;
  std::optional<Prepared<dnnl::convolution_backward_data>> backward_data;
  std::optional<BlockedWeights> backward_data_weights;  // blocked the other way round
};

Convolution::Convolution(const Conv2d& spec, const Blob& src, const Extent& dst,
                         const ConvolutionOptions& options)
    : impl_(serial_call("convolution", [&] {
        return std::make_unique<Impl>(plan_convolution(spec, src, dst, options), spec, options);
      })) {}
Convolution::~Convolution() = default;

const Blob& Convolution::src() const { return impl_->src; }
const Blob& Convolution::dst() const { return impl_->dst; }

std::string Convolution::implementation() const {
  std::string names = onednn::implementation(impl_->parts.front().forward);
  if (impl_->backward_weights)
    names += ", " + onednn::implementation(impl_->backward_weights->primitive);
  if (impl_->backward_data) names += ", " + onednn::implementation(*impl_->backward_data);
  return names;
}

std::int64_t Convolution::parts() const { return std::ssize(impl_->parts); }

void Convolution::set_parameters(const float* weights, const float* bias) {
  impl_->weights.update(weights);
  impl_->bias.update(bias);
  if (impl_->backward_data_weights) impl_->backward_data_weights->update(weights);
}

struct Convolution::Bound::Impl {
  Impl(const Convolution::Impl& shared, const Binding& binding) {
    for (const Part& part : shared.parts) {
      const Desc src = part.forward.desc.src_desc(), dst = part.forward.desc.dst_desc();
      forward.emplace_back(
          part.forward,
          Command::Arguments{{DNNL_ARG_SRC, view(src, binding.src + part.src_offset)},
                             {DNNL_ARG_WEIGHTS, shared.weights.memory()},
                             {DNNL_ARG_BIAS, shared.bias.memory()},
                             {DNNL_ARG_DST, view(dst, binding.dst + part.dst_offset)}});
    }
    if (binding.diff_dst == nullptr) return;
    assert(shared.backward_weights && shared.parts.size() == 1);
    const Desc src_desc = shared.parts.front().forward.desc.src_desc();
    const Desc dst_desc = shared.parts.front().forward.desc.dst_desc();
    const dnnl::memory src = view(src_desc, binding.src);
    const dnnl::memory diff_dst = view(dst_desc, binding.diff_dst);
    backward_weights.emplace(*shared.backward_weights, src, diff_dst);
    if (binding.diff_src == nullptr) return;
    assert(shared.backward_data);
    backward_data.emplace(
        *shared.backward_data,
        Command::Arguments{{DNNL_ARG_DIFF_DST, diff_dst},
                           {DNNL_ARG_WEIGHTS, shared.backward_data_weights->memory()},
                           {DNNL_ARG_DIFF_SRC, view(src_desc, binding.diff_src)}});
  }

  std::vector<Command> forward;  // by part
  std::optional<Command> backward_data;
  std::optional<WeightGradient> backward_weights;
};

Convolution::Bound::Bound(const Convolution& convolution, const Binding& binding)
    : impl_(serial_call("convolution",
                        [&] { return std::make_unique<Impl>(*convolution.impl_, binding); })) {}
Convolution::Bound::~Bound() = default;

void Convolution::Bound::forward(std::int64_t part) {
  impl_->forward[static_cast<std::size_t>(part)].run();
}

void Convolution::Bound::backward_weights(float* diff_weights, float* diff_bias) {
  impl_->backward_weights->run(diff_weights, diff_bias);
}

void Convolution::Bound::backward_data() { impl_->backward_data->run(); }

}  // namespace karnin::onednn
