// The weight gradient of one worker: computed in the layout that the primitive likes, handed out in
// the plain one.
#pragma once

#include "runtime/onednn/command.h"

namespace karnin::onednn {

/// What is shared by all workers.
template <typename Primitive>
struct PreparedWeightGradient {
  PreparedWeightGradient(typename Primitive::primitive_desc desc, const Desc& plain_weights)
      : plain(plain_weights),
        primitive(std::move(desc)),
        unpack(prepare_reorder(primitive.desc.diff_weights_desc(), plain)) {}
  Desc plain;
  Prepared<Primitive> primitive;
  Prepared<dnnl::reorder> unpack;
};

class WeightGradient {
 public:
  template <typename Primitive>
  WeightGradient(const PreparedWeightGradient<Primitive>& shared, const dnnl::memory& src,
                 const dnnl::memory& diff_dst)
      : WeightGradient(shared, src, diff_dst,
                       make_memory(shared.primitive.desc.diff_weights_desc())) {}

  /// Overwrites both, in plain layout.
  void run(float* diff_weights, float* diff_bias) {
    compute_.rebind(DNNL_ARG_DIFF_BIAS, diff_bias);
    compute_.run();
    unpack_.rebind(DNNL_ARG_TO, diff_weights);
    unpack_.run();
  }

 private:
  template <typename Primitive>
  WeightGradient(const PreparedWeightGradient<Primitive>& shared, const dnnl::memory& src,
                 const dnnl::memory& diff_dst, const dnnl::memory& diff_weights)
      : compute_(shared.primitive,
                 {{DNNL_ARG_SRC, src},
                  {DNNL_ARG_DIFF_DST, diff_dst},
                  {DNNL_ARG_DIFF_WEIGHTS, diff_weights},
                  {DNNL_ARG_DIFF_BIAS, view(shared.primitive.desc.diff_bias_desc(), nullptr)}}),
        unpack_(shared.unpack,
                {{DNNL_ARG_FROM, diff_weights}, {DNNL_ARG_TO, view(shared.plain, nullptr)}}) {}

  Command compute_;
  Command unpack_;
};

}  // namespace karnin::onednn
