// The tables of docs/ONNX.md: which operators are read, and what is refused.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "formats/exchange/onnx_operators.h"

namespace karnin::test {

inline const std::string kRight = "right";
inline const std::string kOtherType = "read, but of another type than float";

/// What became of one of ONNX's cases.
struct OnnxOutcome {
  std::string name;
  std::set<std::string> operators;
  std::string message;  ///< kRight, kOtherType, or the refusal

  bool is_refused() const { return message != kRight && message != kOtherType; }
};

/// "| Conv | 1 |"
std::string row_start(const OnnxOperator& op);

/// A row for each operator: the first opset, the cases that it is in, and those that are right.
std::string operator_table(const std::vector<OnnxOutcome>& outcomes);

/// A row for each kind of reason, the most frequent first.
std::string refusal_table(const std::vector<OnnxOutcome>& outcomes);

}  // namespace karnin::test
