// Where oneDNN 2 and oneDNN 3 differ: version 3 has no operation descriptors, hands the engine to
// the primitive descriptor first and the attributes last, and knows only pooling with dilation.
#pragma once

#include <oneapi/dnnl/dnnl.hpp>

#include "runtime/onednn/memory.h"

namespace karnin::onednn {

#if DNNL_VERSION_MAJOR >= 3

using PoolingForward = dnnl::pooling_forward;
using PoolingBackward = dnnl::pooling_backward;

/// The primitive descriptor of a forward primitive; args as its version 3 constructor takes them.
template <typename Primitive, typename... Args>
auto describe(const dnnl::primitive_attr& attr, const Args&... args) {
  return typename Primitive::primitive_desc(cpu_engine(), args..., attr);
}

/// The same of a backward primitive, which wants its forward one as a hint.
template <typename Primitive, typename Hint, typename... Args>
auto describe_backward(const dnnl::primitive_attr& attr, const Hint& hint, const Args&... args) {
  return typename Primitive::primitive_desc(cpu_engine(), args..., hint, attr);
}

inline void append_eltwise(dnnl::post_ops& ops, dnnl::algorithm kind, float alpha, float beta) {
  ops.append_eltwise(kind, alpha, beta);
}

#else

using PoolingForward = dnnl::pooling_v2_forward;
using PoolingBackward = dnnl::pooling_v2_backward;

template <typename Primitive, typename... Args>
auto describe(const dnnl::primitive_attr& attr, const Args&... args) {
  return typename Primitive::primitive_desc(typename Primitive::desc(args...), attr, cpu_engine());
}

template <typename Primitive, typename Hint, typename... Args>
auto describe_backward(const dnnl::primitive_attr& attr, const Hint& hint, const Args&... args) {
  return typename Primitive::primitive_desc(typename Primitive::desc(args...), attr, cpu_engine(),
                                            hint);
}

inline void append_eltwise(dnnl::post_ops& ops, dnnl::algorithm kind, float alpha, float beta) {
  ops.append_eltwise(1.0F, kind, alpha, beta);
}

#endif

inline void append_relu(dnnl::post_ops& ops) {
  append_eltwise(ops, dnnl::algorithm::eltwise_relu, 0.0F, 0.0F);
}

}  // namespace karnin::onednn
