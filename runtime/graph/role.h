// What the tensors of a node are to it. Who looks for one asks for (node, role): neither its place
// among the others nor its name says which one it is.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace karnin {

enum class Role { weight, bias, scale, shift, mean, variance, slope };
inline constexpr std::array kRoles{Role::weight, Role::bias,     Role::scale, Role::shift,
                                   Role::mean,   Role::variance, Role::slope};

std::string_view to_string(Role role);  ///< "weight", ...

/// Measured, not learnt: neither optimizer nor recorder nor pruner touch it.
constexpr bool is_statistic(Role role) { return role == Role::mean || role == Role::variance; }

/// One value for each role that a tensor of a node may have.
template <typename T>
class ByRole {
 public:
  T& operator[](Role role) { return values_[static_cast<std::size_t>(role)]; }
  const T& operator[](Role role) const { return values_[static_cast<std::size_t>(role)]; }

 private:
  std::array<T, kRoles.size()> values_{};
};

}  // namespace karnin
