#include "runtime/onednn/convolution_plan.h"

#include <algorithm>
#include <cassert>
#include <string_view>
#include <vector>

#include "runtime/core/cpu_isa.h"
#include "runtime/onednn/command.h"
#include "runtime/onednn/version.h"

namespace karnin::onednn {
namespace {

using dnnl::memory;
constexpr auto kDirect = dnnl::algorithm::convolution_direct;
// With fewer channels Winograd's transforms outweigh the multiplications that they save; with more
// pairs of channels an image, reading 16 weights instead of 9 from behind the second cache does.
constexpr std::int64_t kWinogradChannels = 32, kWinogradPairs = 1 << 15;

bool winograd_may_win(const Conv2d& spec, const Blob& src, const ConvolutionOptions& options) {
  return !options.training && !options.channels_last && spec.kh == 3 && spec.kw == 3 &&
         std::min(src.extent.c, spec.oc) >= kWinogradChannels &&
         src.extent.c * spec.oc <= src.images * kWinogradPairs;
}

/// nullopt leaves a layout to oneDNN.
struct Layouts {
  std::optional<Layout> src, dst;
};

void append_activation(dnnl::post_ops& ops, const Activation& op) {
  switch (op.kind) {
    case ActivationKind::clip:
      return append_eltwise(ops, dnnl::algorithm::eltwise_clip, op.alpha, op.beta);
    case ActivationKind::leaky_relu:
      return append_eltwise(ops, dnnl::algorithm::eltwise_relu, op.alpha, 0);
    case ActivationKind::hard_swish:
      return append_eltwise(ops, dnnl::algorithm::eltwise_hardswish, 1.0F / 6, 0.5F);
    default:
      assert(!"an activation that isn't fused");
  }
}

class ConvolutionProblem {
 public:
  /// `weights` may leave their layout to oneDNN.
  ConvolutionProblem(const Conv2d& spec, const Blob& src, const Extent& dst,
                     const ConvolutionOptions& options, const Desc& weights, bool may_be_winograd)
      : options_(options),
        src_(src),
        dst_{src.images, dst, Layout::nchw},
        weights_(weights),
        bias_(plain_desc({spec.oc})),
        one_by_one_(spec.kh == 1 && spec.kw == 1),
        may_be_winograd_(may_be_winograd),
        strides_{spec.sh, spec.sw},
        dilates_{spec.dh - 1, spec.dw - 1},
        padding_l_{spec.ph.l, spec.pw.l},
        padding_r_{spec.ph.r, spec.pw.r} {}

  /// Nothing if oneDNN has no implementation, or wants a layout that we don't know.
  std::optional<ConvolutionPlan> plan(const Layouts& layouts) const try {
    ConvolutionPlan plan{src_, dst_, forward(layouts), {}, {}};
    const auto src_layout = layout_of(plan.forward.src_desc(), src_);
    const auto dst_layout = layout_of(plan.forward.dst_desc(), dst_);
    if (!src_layout || !dst_layout) return std::nullopt;
    plan.src.layout = *src_layout;
    plan.dst.layout = *dst_layout;
    if (overruns(plan.src) || adds_unaligned(plan.dst)) return std::nullopt;
    add_gradients(plan);
    return plan;
  } catch (const dnnl::error& error) {
    if (error.status != dnnl_unimplemented) throw;
    return std::nullopt;
  }

 private:
  /// oneDNN 2.6 first gathers the pixels that a 1x1 convolution with a stride reads. In nhwc it
  /// copies whole vectors of channels, and writes past its buffer where these are not filled. With
  /// one channel nchw is the same memory.
  bool overruns(const Blob& src) const {
    const std::int64_t lanes = blocked_layout() == Layout::nChw16c ? 16 : 8;
    const bool interleaved =
        src.layout == Layout::nhwc || (src.layout == Layout::nchw && src.extent.c == 1);
    return one_by_one_ && strides_ != memory::dims{1, 1} && interleaved &&
           src.extent.c % lanes != 0;
  }

  /// For SSE, oneDNN 2.6's depthwise code adds what dst holds as aligned vectors, which pixels of
  /// nhwc are only where channels fill them.
  bool adds_unaligned(const Blob& dst) const {
    return options_.add && active_isa() == Isa::scalar && dst.layout == Layout::nhwc &&
           dst.extent.c % 4 != 0;
  }

  static Desc desc(Blob blob, std::optional<Layout> layout) {
    if (!layout) return any_desc(dims_of(blob));
    blob.layout = *layout;
    return desc_of(blob);
  }

  /// Winograd's minimal filtering (Lavin & Gray 2015) where oneDNN has it, in its blocked layouts:
  /// tiles of 2x2 for one image, whose rounding is no worse than that of plain sums, and of 4x4 for
  /// more, about twice it.
  dnnl::convolution_forward::primitive_desc forward(const Layouts& layouts) const {
    if (!may_be_winograd_) return forward(layouts, kDirect);
    try {
      return forward(layouts, dnnl::algorithm::convolution_winograd);
    } catch (const dnnl::error& error) {
      if (error.status != dnnl_unimplemented) throw;
      return forward(layouts, kDirect);
    }
  }

  dnnl::convolution_forward::primitive_desc forward(const Layouts& layouts,
                                                    dnnl::algorithm algorithm) const {
    dnnl::primitive_attr attr = worker_scratchpad();
    dnnl::post_ops ops;
    if (options_.add) ops.append_sum();
    if (options_.relu) append_relu(ops);
    if (options_.activation) append_activation(ops, *options_.activation);
    attr.set_post_ops(ops);
    const auto kind =
        options_.training ? dnnl::prop_kind::forward_training : dnnl::prop_kind::forward_inference;
    return describe<dnnl::convolution_forward>(attr, kind, algorithm, desc(src_, layouts.src),
                                               weights_, bias_, desc(dst_, layouts.dst), strides_,
                                               dilates_, padding_l_, padding_r_);
  }

  /// In the descriptors that forward got: with one channel nchw and nhwc are the same memory, but
  /// oneDNN has fast code only for one of the names.
  void add_gradients(ConvolutionPlan& plan) const {
    const Desc src = plan.forward.src_desc(), dst = plan.forward.dst_desc();
    if (options_.training)
      plan.backward_weights = describe_backward<dnnl::convolution_backward_weights>(
          worker_scratchpad(), plan.forward, kDirect, src, weights_, bias_, dst, strides_, dilates_,
          padding_l_, padding_r_);
    if (options_.diff_src)
      plan.backward_data = describe_backward<dnnl::convolution_backward_data>(
          worker_scratchpad(), plan.forward, kDirect, src, weights_, dst, strides_, dilates_,
          padding_l_, padding_r_);
  }

  ConvolutionOptions options_;
  Blob src_, dst_;
  Desc weights_, bias_;
  bool one_by_one_, may_be_winograd_;
  memory::dims strides_, dilates_, padding_l_, padding_r_;
};

constexpr int kWinograd = 3;

/// kWinograd, 2 for other code generated for this convolution, 1 for matrix multiplication,
/// 0 for the reference, which is thousands of times slower.
int speed_class(std::string_view implementation) {
  const auto is = [&](const char* kind) {
    return implementation.find(kind) != std::string_view::npos;
  };
  if (is("ref")) return 0;
  if (is("gemm")) return 1;
  return is("wino") ? kWinograd : 2;
}

int speed_class(const ConvolutionPlan& plan) {
  int slowest = speed_class(plan.forward.impl_info_str());
  if (plan.backward_weights)
    slowest = std::min(slowest, speed_class(plan.backward_weights->impl_info_str()));
  if (plan.backward_data)
    slowest = std::min(slowest, speed_class(plan.backward_data->impl_info_str()));
  return slowest;
}

}  // namespace

memory::dims weights_dims(const Conv2d& spec, std::int64_t ic) {
  if (spec.groups == 1) return {spec.oc, ic, spec.kh, spec.kw};
  return {spec.groups, spec.oc / spec.groups, ic / spec.groups, spec.kh, spec.kw};
}

ConvolutionPlan plan_convolution(const Conv2d& spec, const Blob& src, const Extent& dst,
                                 const ConvolutionOptions& options) {
  const ConvolutionProblem problem(spec, src, dst, options,
                                   any_desc(weights_dims(spec, src.extent.c)),
                                   winograd_may_win(spec, src, options));
  const Layout blocked = blocked_layout();
  std::vector<Layouts> candidates;
  if (options.channels_last) candidates.push_back({Layout::nhwc, Layout::nhwc});
  for (const Layouts& layouts :
       {Layouts{src.layout, {}}, Layouts{src.layout, src.layout}, Layouts{},
        Layouts{src.layout, blocked}, Layouts{Layout::nhwc, Layout::nhwc},
        Layouts{Layout::nchw, blocked}, Layouts{blocked, blocked},
        Layouts{Layout::nchw, Layout::nchw}})
    candidates.push_back(layouts);
  std::optional<ConvolutionPlan> best;
  for (const Layouts& layouts : candidates) {
    std::optional<ConvolutionPlan> plan = problem.plan(layouts);
    if (plan && (!best || speed_class(*plan) > speed_class(*best))) best = std::move(plan);
  }
  if (!best) throw dnnl::error(dnnl_unimplemented, "no implementation in any layout");
  return *std::move(best);
}

std::optional<dnnl::convolution_forward::primitive_desc> plan_part(
    const ConvolutionPlan& whole, const ConvolutionPart& part, const ConvolutionOptions& options) {
  const bool all_channels = part.dst.extent.c == whole.dst.extent.c;
  const Desc weights = all_channels ? whole.forward.weights_desc()
                                    : any_desc(weights_dims(part.spec, part.src.extent.c));
  const ConvolutionProblem problem(part.spec, part.src, part.dst.extent, options, weights,
                                   speed_class(whole) == kWinograd);
  const std::optional<ConvolutionPlan> plan = problem.plan({whole.src.layout, whole.dst.layout});
  if (!plan || speed_class(*plan) < speed_class(whole)) return std::nullopt;
  return plan->forward;
}

}  // namespace karnin::onednn
