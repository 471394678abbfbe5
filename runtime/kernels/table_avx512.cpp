#include "runtime/kernels/table-inl.h"
#include "runtime/kernels/tables.h"

namespace karnin::kernels {

constinit const Table kAvx512Table = make_table<xsimd::avx512bw>();

}  // namespace karnin::kernels
