// What ops of one kind are called in JSON.
#pragma once

#include "runtime/core/named_enum.h"
#include "runtime/graph/op.h"

namespace karnin {

inline constexpr EnumNames<ActivationKind, 7> kActivationNames{
    {{ActivationKind::leaky_relu, "leaky_relu"},
     {ActivationKind::clip, "clip"},
     {ActivationKind::sigmoid, "sigmoid"},
     {ActivationKind::tanh, "tanh"},
     {ActivationKind::hard_sigmoid, "hard_sigmoid"},
     {ActivationKind::hard_swish, "hard_swish"},
     {ActivationKind::elu, "elu"}}};
inline constexpr EnumNames<ArithmeticKind, 3> kArithmeticNames{
    {{ArithmeticKind::multiply, "multiply"},
     {ArithmeticKind::subtract, "subtract"},
     {ArithmeticKind::divide, "divide"}}};

}  // namespace karnin
