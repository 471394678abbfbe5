#include "runtime/core/cpu_isa.h"

#include <algorithm>
#include <cstdlib>
#include <string>

#include "runtime/core/error.h"

namespace karnin {
namespace {

Isa choose() {
  const std::vector<Isa> supported = supported_isas();
  const char* forced = std::getenv("KARNIN_CPU_ISA");
  if (forced == nullptr || *forced == '\0') return supported.back();
  const Isa isa = isa_from_string(forced);
  if (std::ranges::find(supported, isa) == supported.end())
    throw ArgumentError("KARNIN_CPU_ISA asks for '" + std::string(forced) +
                        "', but this CPU offers at most '" +
                        std::string(to_string(supported.back())) + "'");
  return isa;
}

}  // namespace

std::string_view to_string(Isa isa) {
  switch (isa) {
    case Isa::scalar:
      return "scalar";
    case Isa::avx2:
      return "avx2";
    case Isa::avx512:
      return "avx512";
  }
  return "unknown";
}

Isa isa_from_string(std::string_view name) {
  for (const Isa isa : {Isa::scalar, Isa::avx2, Isa::avx512})
    if (name == to_string(isa)) return isa;
  throw ArgumentError("unknown instruction set '" + std::string(name) +
                      "': expected scalar, avx2 or avx512");
}

std::vector<Isa> supported_isas() {
  // __builtin_cpu_supports also asks the operating system (XGETBV) whether it saves the registers.
  std::vector<Isa> isas{Isa::scalar};
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return isas;
  isas.push_back(Isa::avx2);
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512cd") &&
      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512vl"))
    isas.push_back(Isa::avx512);
  return isas;
}

Isa active_isa() {
  static const Isa isa = choose();
  return isa;
}

}  // namespace karnin
