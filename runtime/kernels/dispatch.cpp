#include "runtime/core/cpu_isa.h"
#include "runtime/kernels/tables.h"

namespace karnin::kernels {

const Table& table(Isa isa) {
  switch (isa) {
    case Isa::avx512:
      return kAvx512Table;
    case Isa::avx2:
      return kAvx2Table;
    case Isa::scalar:
      break;
  }
  return kScalarTable;
}

const Table& active() { return table(active_isa()); }

}  // namespace karnin::kernels
