#include "runtime/program/fold.h"

#include "runtime/layers/channel_affine.h"

namespace karnin {
namespace {

LayerParameters plain_tensors(const ByRole<Slot>& slots, std::span<const WeightsView> parameters) {
  LayerParameters tensors;
  for (const Role role : kRoles) {
    const auto [parameter, floats] = slots[role];
    if (floats > 0 && parameters[parameter].plain != nullptr)
      tensors[role] = {parameters[parameter].plain, floats};
  }
  return tensors;
}

void scale_row(SparseMatrix& weights, std::size_t row, float factor) {
  for (std::size_t i = weights.row_ptr[row]; i < weights.row_ptr[row + 1]; ++i)
    weights.values[i] *= factor;
}

void scale_row(std::span<float> weights, std::size_t rows, std::size_t row, float factor) {
  const std::size_t columns = weights.size() / rows;
  for (float& weight : weights.subspan(row * columns, columns)) weight *= factor;
}

}  // namespace

FoldedParameters::FoldedParameters(const Step& step, std::span<const WeightsView> parameters)
    : plain_(plain_tensors(step.parameters, parameters)) {
  if (step.has(Role::weight)) sparse_ = parameters[step.parameters[Role::weight].parameter].sparse;
  if (step.affines.empty()) return;
  const std::span weights = plain_[Role::weight], bias = plain_[Role::bias];
  weights_.assign(weights.begin(), weights.end());
  bias_.assign(bias.begin(), bias.end());
  if (sparse_ != nullptr) sparse_weights_ = *sparse_;
  for (const Affine& affine : step.affines) fold(affine, parameters);
  plain_[Role::weight] = weights_;
  plain_[Role::bias] = bias_;
  if (sparse_ != nullptr) sparse_ = &sparse_weights_;
}

void FoldedParameters::fold(const Affine& affine, std::span<const WeightsView> parameters) {
  const auto terms = affine_terms(plain_tensors(affine.parameters, parameters), affine.epsilon);
  for (std::size_t row = 0; row < terms.size(); ++row) {
    const auto& [scale, shift, mean, inverse] = terms[row];
    const float factor = scale * inverse;
    bias_[row] = factor * (bias_[row] - mean) + shift;
    if (sparse_ != nullptr)
      scale_row(sparse_weights_, row, factor);
    else
      scale_row(weights_, terms.size(), row, factor);
  }
}

}  // namespace karnin
