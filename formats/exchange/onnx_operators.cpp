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
    {"CastLike", 15, build_cast_like},
    {"Celu", 12, build_celu},
    {"Clip", 6, build_clip},
    {"Concat", 4, build_concat},
    {"Constant", 1, fold_constant},
    {"ConstantOfShape", 9, fold_constant_of_shape},
    {"Conv", 1, build_convolution},
    {"DepthToSpace", 1, build_depth_to_space},
    {"DequantizeLinear", 10, fold_dequantize},
    {"Div", 6, build_arithmetic},
    {"Dropout", 6, build_dropout},
    {"Elu", 6, build_activation},
    {"Expand", 8, build_expand},
    {"Flatten", 1, build_flatten},
    {"Gather", 1, build_gather},
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
    {"Mod", 10, fold_remainder},
    {"Mul", 6, build_arithmetic},
    {"Neg", 6, build_negation},
    {"PRelu", 6, build_prelu},
    {"Pad", 2, build_pad},
    {"ReduceMax", 1, build_reduction},
    {"ReduceMean", 1, build_reduction},
    {"ReduceSum", 1, build_reduction},
    {"Relu", 1, build_relu},
    {"Reshape", 5, build_reshape},
    {"Resize", 10, build_resize},
    {"Selu", 6, build_selu},
    {"Shape", 1, build_shape},
    {"Sigmoid", 6, build_activation},
    {"Slice", 1, build_slice},
    {"Softmax", 1, build_softmax},
    {"SpaceToDepth", 1, build_space_to_depth},
    {"Split", 2, build_split, true},
    {"Squeeze", 1, build_squeeze},
    {"Sub", 6, build_arithmetic},
    {"Sum", 6, build_sum},
    {"Tanh", 6, build_activation},
    {"Tile", 6, build_tile},
    {"Transpose", 1, build_transpose},
    {"Unsqueeze", 1, build_unsqueeze},
    {"Upsample", 7, build_resize},
});
static_assert(std::ranges::is_sorted(kOperators, {}, &OnnxOperator::name));

}  // namespace

std::span<const OnnxOperator> onnx_operators() { return kOperators; }

const OnnxOperator* find_onnx_operator(std::string_view name) {
  const auto found = std::ranges::lower_bound(kOperators, name, {}, &OnnxOperator::name);
  return found == kOperators.end() || found->name != name ? nullptr : &*found;
}

}  // namespace karnin
