#include "runtime/onednn/convolution.h"

#include <cassert>
#include <vector>

#include "runtime/onednn/blocked_weights.h"
#include "runtime/onednn/convolution_parts.h"
#include "runtime/onednn/convolution_plan.h"
#include "runtime/onednn/serial_call.h"
#include "runtime/onednn/weight_gradient.h"

namespace karnin::onednn {
namespace {

using Forward = Prepared<dnnl::convolution_forward>;

/// Of a convolution or of some of its output channels.
struct Weights {
  std::int64_t first_oc;
  BlockedWeights weights, bias;
};

/// Forward of a part, or of all.
struct Part {
  Forward forward;
  std::int64_t src_offset = 0, dst_offset = 0;  // in floats
  std::int64_t oc = 0, first_oc = 0;
};

std::vector<Part> parts_of(const ConvolutionPlan& plan, const Conv2d& spec,
                           const ConvolutionOptions& options) {
  const Part whole{Forward(plan.forward), 0, 0, spec.oc, 0};
  if (options.sharers < 2) return {whole};
  const auto cut = convolution_parts(spec, plan.src, plan.dst, options.sharers);
  if (cut.size() < 2) return {whole};
  std::vector<Part> parts;
  for (const ConvolutionPart& part : cut) {
    const auto forward = plan_part(plan, part, options);
    if (!forward) return {whole};
    parts.push_back(
        {Forward(*forward), part.src_offset, part.dst_offset, part.spec.oc, part.first_oc});
  }
  return parts;
}

}  // namespace

struct Convolution::Impl {
  Impl(const ConvolutionPlan& plan, const Conv2d& spec, const ConvolutionOptions& options)
      : src(plan.src),
        dst(plan.dst),
        plain_weights(plain_desc(weights_dims(spec, src.extent.c))),
        floats_an_oc(spec.kh * spec.kw * src.extent.c / spec.groups),
        parts(parts_of(plan, spec, options)) {
    for (const Part& part : parts) {
      if (!weights.empty() && weights.back().first_oc == part.first_oc) continue;
      Conv2d channels = spec;
      channels.oc = part.oc;
      const auto& desc = part.forward.desc;
      weights.push_back({part.first_oc,
                         {plain_desc(weights_dims(channels, src.extent.c)), desc.weights_desc()},
                         {plain_desc({part.oc}), desc.bias_desc()}});
    }
    if (plan.backward_weights) backward_weights.emplace(*plan.backward_weights, plain_weights);
    if (plan.backward_data) {
      backward_data.emplace(*plan.backward_data);
      backward_data_weights.emplace(plain_weights, plan.backward_data->weights_desc());
    }
  }

  Blob src, dst;
  Desc plain_weights;
  std::int64_t floats_an_oc;
  std::vector<Part> parts;
  std::vector<Weights> weights;  // one for all rows, or one a part
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
  for (Weights& part : impl_->weights) {
    part.weights.update(weights + part.first_oc * impl_->floats_an_oc);
    part.bias.update(bias + part.first_oc);
  }
  if (impl_->backward_data_weights) impl_->backward_data_weights->update(weights);
}

struct Convolution::Bound::Impl {
  Impl(const Convolution::Impl& shared, const Binding& binding) {
    auto weights = shared.weights.begin();
    for (const Part& part : shared.parts) {
      if (weights->first_oc != part.first_oc) ++weights;
      const Desc src = part.forward.desc.src_desc(), dst = part.forward.desc.dst_desc();
      forward.emplace_back(
          part.forward,
          Command::Arguments{{DNNL_ARG_SRC, view(src, binding.src + part.src_offset)},
                             {DNNL_ARG_WEIGHTS, weights->weights.memory()},
                             {DNNL_ARG_BIAS, weights->bias.memory()},
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
