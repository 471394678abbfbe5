// One callable out of several lambdas, for std::visit.
#pragma once

namespace karnin {

template <typename... Fs>
struct Overloaded : Fs... {
  using Fs::operator()...;
};

}  // namespace karnin
