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
    {"BatchNormalization", 6, build_batch_norm},
    {"Cast", 6, build_cast},
    {"Clip", 6, build_clip},
    {"Concat", 4, build_concat},
    {"Constant", 1, fold_constant},
    {"ConstantOfShape", 9, fold_constant_of_shape},
    {"Conv", 1, build_convolution},
    {"DequantizeLinear", 10, fold_dequantize},
    {"Div", 6, build_arithmetic},
    {"Dropout", 6, build_dropout},
    {"Elu", 6, build_activation},
    {"Flatten", 1, build_flatten},
    {"Gather", 1, fold_gather},
    {"Gemm", 6, build_gemm},
    {"GlobalAveragePool", 1, build_global_pool},
    {"GlobalMaxPool", 1, build_global_pool},
    {"HardSigmoid", 6, build_activation},
    {"HardSwish", 14, build_activation},
    {"Identity", 1, build_identity},
    {"LeakyRelu", 6, build_activation},
    {"LogSoftmax", 1, build_softmax},
    {"MatMul", 1, build_matmul},
    {"Max", 8, build_bound},
    {"MaxPool", 1, build_pool},
    {"Min", 8, build_bound},
    {"Mul", 6, build_arithmetic},
    {"PRelu", 6, build_prelu},
    {"Pad", 2, build_pad},
    {"ReduceMax", 1, build_reduction},
    {"ReduceMean", 1, build_reduction},
    {"Relu", 1, build_relu},
    {"Reshape", 5, build_reshape},
    {"Shape", 1, build_shape},
    {"Sigmoid", 6, build_activation},
    {"Slice", 1, fold_slice},
    {"Softmax", 1, build_softmax},
    {"Squeeze", 1, build_squeeze},
    {"Sub", 6, build_arithmetic},
    {"Sum", 6, build_sum},
    {"Tanh", 6, build_activation},
    {"Transpose", 1, build_transpose},
    {"Unsqueeze", 1, build_unsqueeze},
});
static_assert(std::ranges::is_sorted(kOperators, {}, &OnnxOperator::name));

}  // namespace

std::span<const OnnxOperator> onnx_operators() { return kOperators; }

const OnnxOperator* find_onnx_operator(std::string_view name) {
  const auto found = std::ranges::lower_bound(kOperators, name, {}, &OnnxOperator::name);
  return found == kOperators.end() || found->name != name ? nullptr : &*found;
}

}  // namespace karnin
