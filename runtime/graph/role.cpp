#include "runtime/graph/role.h"

#include "runtime/core/named_enum.h"

namespace karnin {
namespace {

constexpr EnumNames<Role, kRoles.size()> kRoleNames{{{Role::weight, "weight"},
                                                     {Role::bias, "bias"},
                                                     {Role::scale, "scale"},
                                                     {Role::shift, "shift"},
                                                     {Role::mean, "mean"},
                                                     {Role::variance, "variance"},
                                                     {Role::slope, "slope"}}};

}  // namespace

std::string_view to_string(Role role) { return name_of(kRoleNames, role); }

}  // namespace karnin
