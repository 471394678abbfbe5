// What `doctor --self-test` says of the kernels.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "runtime/core/cpu_isa.h"
#include "runtime/self_test/self_test.h"

namespace karnin::cli {

/// isa, right (all of them), kernels with name, right and error ("" where it is right).
nlohmann::ordered_json to_json(Isa isa, const std::vector<KernelVerdict>& verdicts);

/// A line for every kernel.
std::string to_table(Isa isa, const std::vector<KernelVerdict>& verdicts);

/// Throws Error that names the kernels that are wrong, the level, and a way around it.
void expect_right(Isa isa, const std::vector<KernelVerdict>& verdicts);

}  // namespace karnin::cli
