#include "formats/exchange/onnx_operators.h"

#include <algorithm>
#include <array>

namespace karnin {
namespace {

// Before opset 6 tensors were broadcast by other rules, and attributes stood for what are inputs
// now.
constexpr auto kOperators = std::to_array<OnnxOperator>({
    {"Add", 6, build_arithmetic},
    {"AveragePool", 1, build_pool},
    {"Cast", 6, build_cast},
    {"Concat", 4, fold_concat},
    {"Constant", 1, fold_constant},
    {"ConstantOfShape", 9, fold_constant_of_shape},
    {"Conv", 1, build_convolution},
    {"DequantizeLinear", 10, fold_dequantize},
    {"Div", 6, build_arithmetic},
    {"Dropout", 6, build_dropout},
    {"Flatten", 1, build_flatten},
    {"Gather", 1, fold_gather},
    {"Gemm", 6, build_gemm},
    {"GlobalAveragePool", 1, build_global_pool},
    {"GlobalMaxPool", 1, build_global_pool},
    {"Identity", 1, build_identity},
    {"MatMul", 1, build_matmul},
    {"MaxPool", 1, build_pool},
    {"Mul", 6, build_arithmetic},
    {"ReduceMax", 1, build_reduction},
    {"ReduceMean", 1, build_reduction},
    {"Relu", 1, build_relu},
    {"Reshape", 5, build_reshape},
    {"Shape", 1, build_shape},
    {"Slice", 1, fold_slice},
    {"Squeeze", 1, build_squeeze},
    {"Sub", 6, build_arithmetic},
    {"Sum", 6, build_sum},
    {"Transpose", 1, build_transpose},
    {"Unsqueeze", 1, build_unsqueeze},
});
static_assert(std::ranges::is_sorted(kOperators, {}, &OnnxOperator::name));

}  // namespace

const OnnxOperator* find_onnx_operator(std::string_view name) {
  const auto found = std::ranges::lower_bound(kOperators, name, {}, &OnnxOperator::name);
  return found == kOperators.end() || found->name != name ? nullptr : &*found;
}

}  // namespace karnin
