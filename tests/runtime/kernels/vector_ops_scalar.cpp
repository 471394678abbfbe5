#include "tests/runtime/kernels/vector_ops-inl.h"

namespace karnin::test {

constinit const VectorOps kScalarOps = make_vector_ops<xsimd::sse2>();

}  // namespace karnin::test
