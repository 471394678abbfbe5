#include "formats/model/op_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace karnin {
namespace {

std::string sides(const Padding& h, const Padding& w) {
  if (h.l == h.r && w.l == w.r) return fmt::format("{}x{}", h.l, w.l);
  return fmt::format("{}+{}x{}+{}", h.l, h.r, w.l, w.r);
}

std::string window(const auto& op) {
  std::string text = fmt::format("{}x{}", op.kh, op.kw);
  if (op.sh != 1 || op.sw != 1) text += fmt::format(" stride {}x{}", op.sh, op.sw);
  if (!op.ph.is_none() || !op.pw.is_none()) text += " padding " + sides(op.ph, op.pw);
  return text;
}

struct Describe {
  std::string operator()(const Input& /*op*/) const { return ""; }
  std::string operator()(const Conv2d& op) const {
    std::string text = "conv " + window(op);
    if (op.dh != 1 || op.dw != 1) text += fmt::format(" dilation {}x{}", op.dh, op.dw);
    if (op.groups != 1) text += fmt::format(" in {} groups", op.groups);
    return text;
  }
  std::string operator()(const Pool2d& op) const {
    return (op.kind == PoolKind::max ? "max pool " : "average pool ") + window(op) +
           (op.count_padding ? ", padding counts" : "");
  }
  std::string operator()(const Relu& /*op*/) const { return "relu"; }
  std::string operator()(const FullyConnected& /*op*/) const { return "fully connected"; }
  std::string operator()(const Dropout& op) const { return fmt::format("dropout {}", op.rate); }
  std::string operator()(const Activation& op) const {
    switch (op.kind) {
      case ActivationKind::leaky_relu:
        return fmt::format("leaky relu {}", op.alpha);
      case ActivationKind::clip:
        return fmt::format("clip {} to {}", op.alpha, op.beta);
      case ActivationKind::sigmoid:
        return "sigmoid";
      case ActivationKind::tanh:
        return "tanh";
      case ActivationKind::hard_sigmoid:
        return fmt::format("hard sigmoid {} {}", op.alpha, op.beta);
      case ActivationKind::hard_swish:
        return "hard swish";
      case ActivationKind::elu:
        return fmt::format("elu {}", op.alpha);
    }
    return "";
  }
  std::string operator()(const PRelu& /*op*/) const { return "prelu"; }
  std::string operator()(const BatchNorm& /*op*/) const { return "batch norm"; }
  std::string operator()(const ChannelAffine& /*op*/) const { return "channel affine"; }
  std::string operator()(const Add& /*op*/) const { return "add"; }
  std::string operator()(const Arithmetic& op) const {
    if (op.kind == ArithmeticKind::multiply) return "multiply";
    return op.kind == ArithmeticKind::subtract ? "subtract" : "divide";
  }
  std::string operator()(const Concat& /*op*/) const { return "concat"; }
  std::string operator()(const Softmax& op) const { return op.log ? "log softmax" : "softmax"; }
  std::string operator()(const Pad& op) const {
    const auto& [h, w, value] = op;
    const bool cuts = std::ranges::max({h.l, h.r, w.l, w.r}) <= 0 && !(h.is_none() && w.is_none());
    return cuts ? "cut " + sides({-h.l, -h.r}, {-w.l, -w.r}) : "pad " + sides(h, w);
  }
  std::string operator()(const Reshape& op) const { return "reshape " + to_string(op.extent); }
  std::string operator()(const Transpose& op) const {
    return fmt::format("transpose {}", fmt::join(op.order, " "));
  }
};

}  // namespace

std::string op_text(const Op& op) { return std::visit(Describe{}, op); }

}  // namespace karnin
