#include "runtime/onednn/pooling.h"

#include <cassert>
#include <optional>
#include <utility>

#include "runtime/onednn/command.h"
#include "runtime/onednn/serial_call.h"
#include "runtime/onednn/version.h"

namespace karnin::onednn {
namespace {

using dnnl::memory;

/// What both directions have in common.
struct PoolingProblem {
  dnnl::algorithm algorithm;
  Desc src, dst;
  memory::dims strides, kernel, padding_l, padding_r;
  memory::dims dilation{0, 0};

  PoolingForward::primitive_desc forward(bool training) const {
    const auto kind =
        training ? dnnl::prop_kind::forward_training : dnnl::prop_kind::forward_inference;
    return describe<PoolingForward>(worker_scratchpad(), kind, algorithm, src, dst, strides, kernel,
                                    dilation, padding_l, padding_r);
  }
  PoolingBackward::primitive_desc backward(const PoolingForward::primitive_desc& hint) const {
    return describe_backward<PoolingBackward>(worker_scratchpad(), hint, algorithm, src, dst,
                                              strides, kernel, dilation, padding_l, padding_r);
  }
};

dnnl::algorithm algorithm_of(const Pool2d& spec) {
  if (spec.kind == PoolKind::max) return dnnl::algorithm::pooling_max;
  return spec.count_padding ? dnnl::algorithm::pooling_avg_include_padding
                            : dnnl::algorithm::pooling_avg_exclude_padding;
}

PoolingProblem problem_of(const Pool2d& spec, const Blob& src, const Extent& dst) {
  return {.algorithm = algorithm_of(spec),
          .src = desc_of(src),
          .dst = desc_of({src.images, dst, src.layout}),
          .strides = {spec.sh, spec.sw},
          .kernel = {spec.kh, spec.kw},
          .padding_l = {spec.ph.l, spec.pw.l},
          .padding_r = {spec.ph.r, spec.pw.r}};
}

}  // namespace

struct Pooling::Impl {
  Impl(PoolingProblem the_problem, bool training)
      : problem(std::move(the_problem)), forward(problem.forward(training)) {
    if (training) backward.emplace(problem.backward(forward.desc));
  }
  PoolingProblem problem;
  Prepared<PoolingForward> forward;
  std::optional<Prepared<PoolingBackward>> backward;
};

Pooling::Pooling(const Pool2d& spec, const Blob& src, const Extent& dst, bool training)
    : impl_(serial_call("pooling", [&] {
        return std::make_unique<Impl>(problem_of(spec, src, dst), training);
      })) {}
Pooling::~Pooling() = default;

std::string Pooling::implementation() const {
  const std::string forward = onednn::implementation(impl_->forward);
  return impl_->backward ? forward + ", " + onednn::implementation(*impl_->backward) : forward;
}

struct Pooling::Bound::Impl {
  Impl(const Pooling::Impl& shared, const Binding& binding) {
    Command::Arguments arguments{{DNNL_ARG_SRC, view(shared.problem.src, binding.src)},
                                 {DNNL_ARG_DST, view(shared.problem.dst, binding.dst)}};
    // Where each maximum came from. Averages, and inference, have none.
    const Desc workspace_desc = shared.forward.desc.workspace_desc();
    dnnl::memory workspace;
    if (workspace_desc.get_size() > 0) {
      workspace = make_memory(workspace_desc);
      arguments[DNNL_ARG_WORKSPACE] = workspace;
    }
    forward.emplace(shared.forward, arguments);
    if (binding.diff_src == nullptr) return;
    assert(shared.backward && binding.diff_dst != nullptr);
    arguments = {{DNNL_ARG_DIFF_SRC, view(shared.problem.src, binding.diff_src)},
                 {DNNL_ARG_DIFF_DST, view(shared.problem.dst, binding.diff_dst)}};
    if (workspace) arguments[DNNL_ARG_WORKSPACE] = workspace;
    backward.emplace(*shared.backward, arguments);
  }
  std::optional<Command> forward, backward;
};

Pooling::Bound::Bound(const Pooling& pooling, const Binding& binding)
    : impl_(serial_call("pooling",
                        [&] { return std::make_unique<Impl>(*pooling.impl_, binding); })) {}
Pooling::Bound::~Bound() = default;

void Pooling::Bound::forward() { impl_->forward->run(); }
void Pooling::Bound::backward() { impl_->backward->run(); }

}  // namespace karnin::onednn
