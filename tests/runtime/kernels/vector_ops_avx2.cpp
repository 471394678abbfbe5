#include "tests/runtime/kernels/vector_ops-inl.h"

namespace karnin::test {

constinit const VectorOps kAvx2Ops = make_vector_ops<xsimd::fma3<xsimd::avx2>>();

}  // namespace karnin::test
