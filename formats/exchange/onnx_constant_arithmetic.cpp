#include "formats/exchange/onnx_constant_arithmetic.h"

#include <fmt/format.h>

#include "formats/exchange/onnx_broadcast.h"
#include "formats/exchange/onnx_node.h"

namespace karnin {
namespace {

float result(const std::string& op, float a, float b) {
  if (op == "Add") return a + b;
  if (op == "Sub") return a - b;
  return op == "Mul" ? a * b : a / b;
}

/// Of sizes, which a file may have made as large as it likes.
std::int64_t result(const std::string& op, std::int64_t a, std::int64_t b) {
  std::int64_t value = 0;
  bool sound = true;
  if (op == "Add") sound = !__builtin_add_overflow(a, b, &value);
  if (op == "Sub") sound = !__builtin_sub_overflow(a, b, &value);
  if (op == "Mul") sound = !__builtin_mul_overflow(a, b, &value);
  if (op == "Div" || op == "Mod") sound = b > 0;
  OnnxNode::require(sound, fmt::format("expected numbers whose result fits, got {} and {}", a, b));
  if (op == "Mod") return (a % b + b) % b;
  return op == "Div" ? a / b : value;
}

/// Element by element, where broadcasting says that they meet.
template <typename T>
OnnxConstant folded(const std::string& op, const OnnxConstant& a, const OnnxConstant& b,
                    const std::vector<T>& left, const std::vector<T>& right) {
  Dims dims = broadcast_dims(a.dims(), b.dims());
  const Integers from = broadcast_places(a.dims(), dims), other = broadcast_places(b.dims(), dims);
  std::vector<T> results(from.size());
  for (std::size_t i = 0; i < results.size(); ++i)
    results[i] = result(op, left[static_cast<std::size_t>(from[i])],
                        right[static_cast<std::size_t>(other[i])]);
  return {std::move(dims), std::move(results)};
}

}  // namespace

OnnxConstant fold_arithmetic(OnnxSource& source, const std::string& op, const OnnxConstant& a,
                             const OnnxConstant& b) {
  OnnxNode::require(a.is_real() == b.is_real(), "expected two constants of one type");
  source.spend(4 * work_of(broadcast_dims(a.dims(), b.dims())));
  return a.is_real() ? folded(op, a, b, a.reals(), b.reals())
                     : folded(op, a, b, a.integers(), b.integers());
}

}  // namespace karnin
