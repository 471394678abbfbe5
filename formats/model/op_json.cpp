#include "formats/model/op_json.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>

#include "formats/model/op_fields.h"
#include "formats/model/op_names.h"
#include "runtime/core/overloaded.h"

namespace karnin {
namespace {

std::string type_json(std::string_view type) { return fmt::format(R"("type":"{}")", type); }

/// Of an activation: clip has bounds, which may be missing, others alpha and beta as far as they
/// use them.
std::string numbers_json(const Activation& op) {
  std::string text;
  const auto add = [&](const char* key, float value) {
    if (std::isfinite(value)) text += fmt::format(R"(,"{}":{})", key, json_number(value));
  };
  switch (op.kind) {
    case ActivationKind::clip:
      add("min", op.alpha), add("max", op.beta);
      break;
    case ActivationKind::hard_sigmoid:
      add("alpha", op.alpha), add("beta", op.beta);
      break;
    case ActivationKind::leaky_relu:
    case ActivationKind::elu:
      add("alpha", op.alpha);
      break;
    default:
      break;
  }
  return text;
}

struct Writer {
  std::string operator()(const Input& /*op*/) const { return ""; }
  std::string operator()(const Conv2d& op) const {
    std::string text = fmt::format(R"({},"oc":{},{})", type_json("conv2d"), op.oc, window_json(op));
    if (op.dh != 1 || op.dw != 1) text += fmt::format(R"(,"dilation":[{},{}])", op.dh, op.dw);
    if (op.groups != 1) text += fmt::format(R"(,"groups":{})", op.groups);
    return text;
  }
  std::string operator()(const FullyConnected& op) const {
    return fmt::format(R"({},"oc":{})", type_json("fully_connected"), op.oc);
  }
  std::string operator()(const Pool2d& op) const {
    const char* type = op.kind == PoolKind::max ? "max_pool2d" : "avg_pool2d";
    return type_json(type) + "," + window_json(op) +
           (op.count_padding ? R"(,"count_padding":true)" : "");
  }
  std::string operator()(const Relu& /*op*/) const { return type_json("relu"); }
  std::string operator()(const Activation& op) const {
    return type_json(name_of(kActivationNames, op.kind)) + numbers_json(op);
  }
  std::string operator()(const PRelu& /*op*/) const { return type_json("prelu"); }
  std::string operator()(const Dropout& op) const {
    return fmt::format(R"({},"rate":{})", type_json("dropout"), json_number(op.rate));
  }
  std::string operator()(const BatchNorm& op) const {
    std::string text =
        fmt::format(R"({},"epsilon":{})", type_json("batch_norm"), json_number(op.epsilon));
    if (op.ghost_batch != BatchNorm{}.ghost_batch)
      text += fmt::format(R"(,"ghost_batch":{})", op.ghost_batch);
    return text;
  }
  std::string operator()(const ChannelAffine& /*op*/) const { return type_json("channel_affine"); }
  std::string operator()(const Add& /*op*/) const { return type_json("add"); }
  std::string operator()(const Arithmetic& op) const {
    return type_json(name_of(kArithmeticNames, op.kind));
  }
  std::string operator()(const Concat& /*op*/) const { return type_json("concat"); }
  std::string operator()(const Softmax& op) const {
    return type_json(op.log ? "log_softmax" : "softmax");
  }
  std::string operator()(const Pad& op) const {
    return fmt::format(R"({},"padding":[{},{},{},{}],"value":{})", type_json("pad"), op.h.l, op.w.l,
                       op.h.r, op.w.r, json_number(op.value));
  }
  std::string operator()(const Reshape& op) const {
    const auto& [c, h, w] = op.extent;
    return fmt::format(R"({},"extent":[{},{},{}])", type_json("reshape"), c, h, w);
  }
  std::string operator()(const Transpose& op) const {
    return fmt::format(R"({},"order":[{}])", type_json("transpose"), fmt::join(op.order, ","));
  }
};

}  // namespace

std::string op_json(const Op& op) { return std::visit(Writer{}, op); }

bool is_in_first_schema(const Op& op) {
  return std::visit(
      Overloaded{[](const Conv2d& conv) {
                   return conv.groups == 1 && conv.dh == 1 && conv.dw == 1 && is_even(conv.ph) &&
                          is_even(conv.pw);
                 },
                 [](const Pool2d& pool) {
                   return !pool.count_padding && is_even(pool.ph) && is_even(pool.pw);
                 },
                 [](const Input& input) { return input.order == PixelOrder::chw; },
                 [](const Relu&) { return true; }, [](const FullyConnected&) { return true; },
                 [](const Dropout&) { return true; }, [](const auto&) { return false; }},
      op);
}

}  // namespace karnin
