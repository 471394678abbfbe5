// Ops that leave values as they are, at least in inference: Dropout, Identity, Cast, CastLike.
#include <fmt/format.h>

#include <cmath>

#include "formats/exchange/onnx_operators.h"

namespace karnin {
namespace {

bool is_real_type(std::int64_t type) {
  using Type = onnx::TensorProto;
  return type == Type::FLOAT || type == Type::DOUBLE || type == Type::FLOAT16 ||
         type == Type::BFLOAT16;
}

/// Towards zero, as C++ does; what doesn't fit would be undefined there.
Integers truncated(const Reals& values) {
  Integers whole;
  for (const float value : values) {
    OnnxNode::require(std::abs(value) < 9.2e18F,
                      fmt::format("expected a whole number of 64 bits, got {}", value));
    whole.push_back(static_cast<std::int64_t>(value));
  }
  return whole;
}

/// Between the two kinds that constants have here; widths are not told apart.
OnnxConstant cast(const OnnxConstant& constant, bool to_real) {
  if (constant.is_real() == to_real) return constant;
  if (!to_real) return {constant.dims(), truncated(constant.reals())};
  const Integers& whole = constant.integers();
  return {constant.dims(), Reals(whole.begin(), whole.end())};
}

OnnxValue cast(OnnxDraft& draft, const OnnxNode& node, bool to_real) {
  if (!node.is_constant(0)) {
    OnnxNode::require(to_real, "to: expected a real type, got a whole one");
    return node.view(0);
  }
  draft.source().spend(static_cast<std::int64_t>(node.constant(0).size()));
  return cast(node.constant(0), to_real);
}

/// An attribute up to opset 11, an input from 12 on.
float dropout_rate(const OnnxNode& node) {
  if (!node.has(1)) return node.real("ratio", 0.5F);
  OnnxNode::require(node.reals_at(1).size() == 1, "ratio: expected one number");
  return node.reals_at(1).front();
}

}  // namespace

/// Whether it is on is for whoever trains to say: here it always is what training makes of it.
OnnxValue build_dropout(OnnxDraft& draft, const OnnxNode& node) {
  node.integer("is_test", 1);  // opset 6
  node.integer("seed", 0);
  const float rate = dropout_rate(node);
  OnnxNode::require(!node.has(2) || node.integers_at(2) == Integers{0} || rate == 0,
                    "training_mode: expected false");
  const OnnxView& src = node.view(0);
  return moved_to(draft.add(node.name(), Dropout{rate}, {src.node}), src);
}

OnnxValue build_identity(OnnxDraft& /*draft*/, const OnnxNode& node) { return node.value(0); }

OnnxValue build_cast(OnnxDraft& draft, const OnnxNode& node) {
  const std::int64_t type = node.integer("to", 0);
  node.integer("saturate", 1);  // of 8-bit floats
  OnnxNode::require(
      type > 0 && type != onnx::TensorProto::STRING && type <= onnx::TensorProto::BFLOAT16,
      fmt::format("to: expected real or whole numbers, got data type {}", type));
  return cast(draft, node, is_real_type(type));
}

/// To the type of input 1: what depends on the image is real.
OnnxValue build_cast_like(OnnxDraft& draft, const OnnxNode& node) {
  node.integer("saturate", 1);
  node.value(1);
  return cast(draft, node, !node.is_constant(1) || node.constant(1).is_real());
}

}  // namespace karnin
