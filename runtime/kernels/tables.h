// The tables that the per-ISA translation units define. Only the dispatcher reads this header.
#pragma once

#include "runtime/kernels/kernels.h"

namespace karnin::kernels {

extern const Table kScalarTable;
extern const Table kAvx2Table;
extern const Table kAvx512Table;

}  // namespace karnin::kernels
