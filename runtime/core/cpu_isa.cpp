#include "runtime/core/cpu_isa.h"

#include <algorithm>
#include <string>

#include "runtime/core/error.h"
#include "runtime/core/named_enum.h"

namespace karnin {
namespace {

constexpr EnumNames<Isa, 3> kIsas{
    {{Isa::scalar, "scalar"}, {Isa::avx2, "avx2"}, {Isa::avx512, "avx512"}}};

/// What all kernels run by; no other state of the library is global.
Isa& active() {
  static Isa isa = supported_isas().back();
  return isa;
}

}  // namespace

std::string_view to_string(Isa isa) { return name_of(kIsas, isa); }

Isa isa_from_string(std::string_view name) { return value_of(kIsas, "instruction set", name); }

std::vector<Isa> supported_isas() {
  // __builtin_cpu_supports also asks the operating system (XGETBV) whether it saves the registers.
  std::vector<Isa> isas{Isa::scalar};
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma") ||
      !__builtin_cpu_supports("bmi2"))
    return isas;
  isas.push_back(Isa::avx2);
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512cd") &&
      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512vl"))
    isas.push_back(Isa::avx512);
  return isas;
}

Isa active_isa() { return active(); }

void use_isa(Isa isa) {
  const std::vector<Isa> supported = supported_isas();
  if (std::ranges::find(supported, isa) == supported.end())
    throw ArgumentError("instruction set: this CPU offers at most '" +
                        std::string(to_string(supported.back())) + "', got '" +
                        std::string(to_string(isa)) + "'");
  active() = isa;
}

}  // namespace karnin
