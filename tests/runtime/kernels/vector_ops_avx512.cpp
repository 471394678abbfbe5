#include "tests/runtime/kernels/vector_ops-inl.h"

namespace karnin::test {

constinit const VectorOps kAvx512Ops = make_vector_ops<xsimd::avx512bw>();

}  // namespace karnin::test
