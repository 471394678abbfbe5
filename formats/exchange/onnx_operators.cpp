#include "formats/exchange/onnx_operators.h"

#include <algorithm>
#include <array>
#include <utility>

namespace karnin {
namespace {

using Entry = std::pair<std::string_view, OnnxBuilder>;

constexpr auto kBuilders = std::to_array<Entry>({
    {"Add", build_arithmetic},
    {"AveragePool", build_pool},
    {"Cast", build_cast},
    {"Concat", fold_concat},
    {"Constant", fold_constant},
    {"ConstantOfShape", fold_constant_of_shape},
    {"Conv", build_convolution},
    {"DequantizeLinear", fold_dequantize},
    {"Div", build_arithmetic},
    {"Dropout", build_dropout},
    {"Flatten", build_flatten},
    {"Gather", fold_gather},
    {"Gemm", build_gemm},
    {"GlobalAveragePool", build_global_pool},
    {"GlobalMaxPool", build_global_pool},
    {"Identity", build_identity},
    {"MatMul", build_matmul},
    {"MaxPool", build_pool},
    {"Mul", build_arithmetic},
    {"ReduceMax", build_reduction},
    {"ReduceMean", build_reduction},
    {"Relu", build_relu},
    {"Reshape", build_reshape},
    {"Shape", build_shape},
    {"Slice", fold_slice},
    {"Squeeze", build_squeeze},
    {"Sub", build_arithmetic},
    {"Sum", build_sum},
    {"Transpose", build_transpose},
    {"Unsqueeze", build_unsqueeze},
});
static_assert(std::ranges::is_sorted(kBuilders, {}, &Entry::first));

}  // namespace

OnnxBuilder find_onnx_builder(std::string_view op) {
  const auto found = std::ranges::lower_bound(kBuilders, op, {}, &Entry::first);
  return found == kBuilders.end() || found->first != op ? nullptr : found->second;
}

}  // namespace karnin
