#include "runtime/onednn/gemm.h"

#include <cassert>

#include "runtime/onednn/serial_call.h"

namespace karnin::onednn {

void multiply(float factor, const MatrixView& a, const MatrixView& b, float keep, float* dst,
              std::int64_t stride) {
  assert(a.n() == b.m());
  if (a.m() == 0 || b.n() == 0 || a.n() == 0) return;
  serial_call("gemm", [&] {
    const dnnl::status status =
        dnnl::sgemm(a.transposed ? 'T' : 'N', b.transposed ? 'T' : 'N', a.m(), b.n(), a.n(), factor,
                    a.data, a.stride, b.data, b.stride, keep, dst, stride);
    dnnl::error::wrap_c_api(static_cast<dnnl_status_t>(status), "sgemm");
  });
}

}  // namespace karnin::onednn
