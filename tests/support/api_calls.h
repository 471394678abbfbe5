// Calls of the C ABI as nobody would make them.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace karnin::test {

/// Bytes say which functions are called, with which objects, sizes and numbers: right ones, wrong
/// ones, NULL and, where assertions are on, objects that were closed. `model` is the file of a
/// small network. Returns how many calls were refused; aborts where one of them breaks a promise of
/// karnin.h.
int call_at_random(std::span<const std::uint8_t> bytes, const std::vector<std::uint8_t>& model);

}  // namespace karnin::test
