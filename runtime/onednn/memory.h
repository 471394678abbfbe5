// Memory as oneDNN describes it, and what that is in our words.
#pragma once

#include <oneapi/dnnl/dnnl.hpp>
#include <optional>

#include "runtime/core/layout.h"

namespace karnin::onednn {

using Desc = dnnl::memory::desc;

/// The one CPU engine. The first call also holds oneDNN down to the instruction set that was forced
/// on the kernels, if one was; throws Error when oneDNN was already in use by then.
const dnnl::engine& cpu_engine();

/// (n, c, h, w) of a blob.
dnnl::memory::dims dims_of(const Blob& blob);
Desc desc_of(const Blob& blob);
/// The blob's dimensions, the layout left to oneDNN.
Desc any_desc(const dnnl::memory::dims& dims);
/// Plain row-major f32 of one to five dimensions.
Desc plain_desc(const dnnl::memory::dims& dims);

/// Which of our layouts `desc` is for a blob of this size, if any.
std::optional<Layout> layout_of(const Desc& desc, const Blob& blob);

/// The blocked layout of the instruction set in use.
Layout blocked_layout();

/// oneDNN's own memory, zeroed.
dnnl::memory make_memory(const Desc& desc);
/// A view of the caller's memory. Padded channels are set to 0 here.
dnnl::memory view(const Desc& desc, const float* data);

}  // namespace karnin::onednn
