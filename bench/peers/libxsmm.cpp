// libxsmm: sparse slices of 128 x 128 times a dense matrix (spmdm), bias and ReLU after it. One
// thread.
//   peer/libxsmm/<in>x<out>/batch:<n>/sparsity:<percent>
#include <libxsmm.h>

#include <algorithm>

#include "bench/fc_layer.h"

namespace karnin {
namespace {

using kernels::FcShape;

/// Weights (oc x ic) that were cut into slices.
class Slices {
 public:
  Slices(const FcShape& s, const AlignedVector<float>& kept) {
    libxsmm_spmdm_init(static_cast<int>(s.oc), static_cast<int>(s.rows), static_cast<int>(s.ic), 1,
                       &handle_, &slices_);
    for (int i = 0; i < libxsmm_spmdm_get_num_createSparseSlice_blocks(&handle_); ++i)
      libxsmm_spmdm_createSparseSlice_fp32_thread(&handle_, 'N', kept.data(), slices_, i, 0, 1);
  }
  Slices(const Slices&) = delete;
  Slices& operator=(const Slices&) = delete;
  ~Slices() { libxsmm_spmdm_destroy(&handle_); }

  /// dst (rows x oc) = src (rows x ic) . weights^T: both are the transposes of what spmdm thinks
  /// of.
  void multiply(const float* src, float* dst) {
    const float one = 1.0F, zero = 0.0F;
    for (int i = 0; i < libxsmm_spmdm_get_num_compute_blocks(&handle_); ++i)
      libxsmm_spmdm_compute_fp32_thread(&handle_, 'N', 'T', &one, slices_, src, 'T', &zero, dst, i,
                                        0, 1);
  }

 private:
  libxsmm_spmdm_handle handle_{};
  libxsmm_CSR_sparseslice* slices_ = nullptr;
};

void run(benchmark::State& state, const FcShape& s, int percent) {
  FcOperands l(s);
  Slices weights(s, l.masked(percent));
  measure_fc(state, s, l.pruned(percent).nnz(), [&] {
    weights.multiply(l.src.data(), l.dst.data());
    for (std::int64_t i = 0; i < s.rows * s.oc; ++i) {
      float& x = l.dst[static_cast<std::size_t>(i)];
      x = std::max(x + l.bias[static_cast<std::size_t>(i % s.oc)], 0.0F);
    }
  });
  check_fc(state, l, l.masked(percent));
}

const bool kRegistered = [] {
  for (const FcShape& shape : read_fc_shapes())
    for (const int percent : kSparsities)
      benchmark::RegisterBenchmark(
          ("peer/libxsmm/" + fc_name(shape) + "/sparsity:" + std::to_string(percent)).c_str(), run,
          shape, percent);
  return true;
}();

}  // namespace
}  // namespace karnin
