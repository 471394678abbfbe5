// One call of each way to run a network, for call_overhead.cpp.
#pragma once

#include <functional>
#include <memory>
#include <span>

namespace karnin::bench {

/// By karnin.hpp, which has classes of the same names as the engine: hence a file of its own.
std::function<void(std::span<const float>, std::span<float>)> cpp_caller(const char* path);

}  // namespace karnin::bench
