// The environment variables that say what the library is to be told.
#pragma once

namespace karnin::cli {

/// KARNIN_CPU_ISA: the instruction set of all kernels. Throws ArgumentError for one that is unknown
/// or that this CPU lacks.
void use_isa_of_environment();

}  // namespace karnin::cli
