// What the tensors of a node are to it. Who looks for one asks for (node, role): neither its place
// among the others nor its name says which one it is.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace karnin {

enum class Role { weight, bias };
inline constexpr std::array kRoles{Role::weight, Role::bias};

std::string_view to_string(Role role);  ///< "weight" or "bias"

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
