#include "runtime/kernels/table-inl.h"
#include "runtime/kernels/tables.h"

namespace karnin::kernels {

constinit const Table kAvx2Table = make_table<xsimd::fma3<xsimd::avx2>>();

}  // namespace karnin::kernels
