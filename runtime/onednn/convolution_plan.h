// Which layouts and which of oneDNN's implementations a convolution gets.
#pragma once

#include <oneapi/dnnl/dnnl.hpp>
#include <optional>

#include "runtime/onednn/convolution.h"
#include "runtime/onednn/convolution_parts.h"
#include "runtime/onednn/memory.h"

namespace karnin::onednn {

/// (oc, ic, kh, kw), or with groups (groups, oc, ic, kh, kw) of one of them: the same order in
/// memory.
dnnl::memory::dims weights_dims(const Conv2d& spec, std::int64_t ic);

/// The descriptions of everything that one convolution needs, in one pair of layouts.
struct ConvolutionPlan {
  Blob src, dst;
  dnnl::convolution_forward::primitive_desc forward;
  std::optional<dnnl::convolution_backward_weights::primitive_desc> backward_weights;
  std::optional<dnnl::convolution_backward_data::primitive_desc> backward_data;
};

/// The fastest plan by oneDNN's own names: Winograd's before other code generated for the
/// convolution before matrix multiplication before the reference, the slowest direction counting.
/// The layout of `src` is a wish, not a condition. Throws dnnl::error when there is no plan at all.
ConvolutionPlan plan_convolution(const Conv2d& spec, const Blob& src, const Extent& dst,
                                 const ConvolutionOptions& options);

/// Forward of a part, in the layouts of the whole and, unless it has fewer output channels, with
/// its weights; nothing if oneDNN has no code for it that is as fast.
std::optional<dnnl::convolution_forward::primitive_desc> plan_part(
    const ConvolutionPlan& whole, const ConvolutionPart& part, const ConvolutionOptions& options);

}  // namespace karnin::onednn
