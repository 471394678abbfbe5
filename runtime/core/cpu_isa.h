// Which instruction set the kernels use: the best the CPU has, or the one that the program asked
// for.
#pragma once

#include <string_view>
#include <vector>

namespace karnin {

/// In ascending order. `scalar` is the x86-64 baseline (SSE2), `avx2` means AVX2, FMA3
/// and BMI2, `avx512` also AVX-512 F, CD, BW, DQ and VL.
enum class Isa { scalar, avx2, avx512 };

std::string_view to_string(Isa isa);

/// Throws ArgumentError for anything but "scalar", "avx2" and "avx512".
Isa isa_from_string(std::string_view name);

/// All that this CPU (and its operating system) can run, ascending; never empty.
std::vector<Isa> supported_isas();

/// The best supported one, or that of use_isa().
Isa active_isa();

/// Makes a supported one the active one, for the whole process: before anything has asked for it,
/// and while there is one thread. Throws ArgumentError if this CPU lacks it.
void use_isa(Isa isa);

}  // namespace karnin
