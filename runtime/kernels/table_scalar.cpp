#include "runtime/kernels/table-inl.h"
#include "runtime/kernels/tables.h"

namespace karnin::kernels {

constinit const Table kScalarTable = make_table<xsimd::sse2>();

}  // namespace karnin::kernels
