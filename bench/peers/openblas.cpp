// OpenBLAS: a dense product; the bias is there before it, the ReLU comes after it. One thread.
//   peer/openblas/<in>x<out>/batch:<n>
#include <cblas.h>

#include <algorithm>

#include "bench/fc_layer.h"

namespace karnin {
namespace {

using kernels::FcShape;

void run(benchmark::State& state, const FcShape& s) {
  FcOperands l(s);
  openblas_set_num_threads(1);
  const auto ic = static_cast<blasint>(s.ic), oc = static_cast<blasint>(s.oc);
  measure_fc(state, s, s.ic * s.oc, [&] {
    for (std::int64_t row = 0; row < s.rows; ++row)
      std::copy(l.bias.begin(), l.bias.end(), l.dst.begin() + row * s.oc);
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, static_cast<blasint>(s.rows), oc, ic, 1.0F,
                l.src.data(), ic, l.weights.data(), ic, 1.0F, l.dst.data(), oc);
    for (float& x : l.dst) x = std::max(x, 0.0F);
  });
  check_fc(state, l, l.weights);
}

const bool kRegistered = [] {
  for (const FcShape& shape : read_fc_shapes())
    benchmark::RegisterBenchmark(("peer/openblas/" + fc_name(shape)).c_str(), run, shape);
  return true;
}();

}  // namespace
}  // namespace karnin
