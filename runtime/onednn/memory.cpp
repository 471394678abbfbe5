#include "runtime/onednn/memory.h"

#include <array>
#include <cassert>
#include <cstring>

#include "runtime/core/cpu_isa.h"
#include "runtime/core/error.h"

namespace karnin::onednn {
namespace {

using Tag = dnnl::memory::format_tag;
constexpr auto kF32 = dnnl::memory::data_type::f32;

Tag tag_of(Layout layout) {
  switch (layout) {
    case Layout::nchw:
      return Tag::nchw;
    case Layout::nChw8c:
      return Tag::nChw8c;
    case Layout::nChw16c:
      return Tag::nChw16c;
    case Layout::nhwc:
      return Tag::nhwc;
    case Layout::lanes4:
    case Layout::lanes8:
    case Layout::lanes16:
      break;
  }
  return Tag::undef;
}

dnnl::cpu_isa limit_for(Isa isa) {
  switch (isa) {
    case Isa::scalar:
      return dnnl::cpu_isa::sse41;  // the least that oneDNN generates code for
    case Isa::avx2:
      return dnnl::cpu_isa::avx2;
    case Isa::avx512:
      break;
  }
  return dnnl::cpu_isa::avx512_core;
}

dnnl::engine make_engine() {
  const Isa isa = active_isa();
  if (isa != supported_isas().back() &&
      dnnl::set_max_cpu_isa(limit_for(isa)) != dnnl::status::success)
    throw Error("oneDNN was in use before it could be held down to " + std::string(to_string(isa)));
  return {dnnl::engine::kind::cpu, 0};
}

}  // namespace

const dnnl::engine& cpu_engine() {
  static const dnnl::engine engine = make_engine();
  return engine;
}

dnnl::memory::dims dims_of(const Blob& blob) {
  return {blob.images, blob.extent.c, blob.extent.h, blob.extent.w};
}

Desc desc_of(const Blob& blob) { return {dims_of(blob), kF32, tag_of(blob.layout)}; }

Desc any_desc(const dnnl::memory::dims& dims) { return {dims, kF32, Tag::any}; }

Desc plain_desc(const dnnl::memory::dims& dims) {
  constexpr std::array kTags{Tag::a, Tag::ab, Tag::abc, Tag::abcd, Tag::abcde};
  assert(!dims.empty() && dims.size() <= kTags.size());
  return {dims, kF32, kTags[dims.size() - 1]};
}

std::optional<Layout> layout_of(const Desc& desc, const Blob& blob) {
  for (const Layout layout : {Layout::nchw, Layout::nChw8c, Layout::nChw16c, Layout::nhwc})
    if (desc == desc_of({blob.images, blob.extent, layout})) return layout;
  return std::nullopt;
}

Layout blocked_layout() { return active_isa() == Isa::avx512 ? Layout::nChw16c : Layout::nChw8c; }

dnnl::memory make_memory(const Desc& desc) {
  dnnl::memory memory(desc, cpu_engine());
  if (desc.get_size() > 0) std::memset(memory.get_data_handle(), 0, desc.get_size());
  return memory;
}

dnnl::memory view(const Desc& desc, const float* data) {
  return {desc, cpu_engine(), const_cast<float*>(data)};
}

}  // namespace karnin::onednn
