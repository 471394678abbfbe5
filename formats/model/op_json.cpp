#include "formats/model/op_json.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <limits>

#include "formats/model/op_fields.h"
#include "runtime/core/named_enum.h"
#include "runtime/core/overloaded.h"

namespace karnin {
namespace {

constexpr EnumNames<ActivationKind, 7> kActivations{{{ActivationKind::leaky_relu, "leaky_relu"},
                                                     {ActivationKind::clip, "clip"},
                                                     {ActivationKind::sigmoid, "sigmoid"},
                                                     {ActivationKind::tanh, "tanh"},
                                                     {ActivationKind::hard_sigmoid, "hard_sigmoid"},
                                                     {ActivationKind::hard_swish, "hard_swish"},
                                                     {ActivationKind::elu, "elu"}}};
constexpr EnumNames<ArithmeticKind, 3> kArithmetic{{{ArithmeticKind::multiply, "multiply"},
                                                    {ArithmeticKind::subtract, "subtract"},
                                                    {ArithmeticKind::divide, "divide"}}};

// --- writing

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
    return type_json(name_of(kActivations, op.kind)) + numbers_json(op);
  }
  std::string operator()(const PRelu& /*op*/) const { return type_json("prelu"); }
  std::string operator()(const Dropout& op) const {
    return fmt::format(R"({},"rate":{})", type_json("dropout"), json_number(op.rate));
  }
  std::string operator()(const BatchNorm& op) const {
    return fmt::format(R"({},"epsilon":{})", type_json("batch_norm"), json_number(op.epsilon));
  }
  std::string operator()(const ChannelAffine& /*op*/) const { return type_json("channel_affine"); }
  std::string operator()(const Add& /*op*/) const { return type_json("add"); }
  std::string operator()(const Arithmetic& op) const {
    return type_json(name_of(kArithmetic, op.kind));
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

// --- reading

Op read_plain(const JsonView& layer, Op op) {
  require_op_keys(layer, {});
  return op;
}

Op read_conv(const JsonView& layer) {
  require_op_keys(layer, {"oc", "kernel", "stride", "padding", "dilation", "groups"});
  Conv2d op;
  op.oc = read_channels(layer);
  read_window(layer, op, false);
  const auto dilation = read_pair(layer, "dilation", 1, {1, 1});
  op.dh = dilation[0], op.dw = dilation[1];
  if (layer.has("groups")) op.groups = layer["groups"].integer(1, kMaxDim);
  return op;
}

Op read_pool(const JsonView& layer, PoolKind kind) {
  if (kind == PoolKind::max)
    require_op_keys(layer, {"kernel", "stride", "padding"});
  else
    require_op_keys(layer, {"kernel", "stride", "padding", "count_padding"});
  Pool2d op;
  op.kind = kind;
  read_window(layer, op, true);
  op.count_padding = layer.has("count_padding") && layer["count_padding"].boolean();
  return op;
}

float read_number(const JsonView& layer, std::string_view key, float missing) {
  return layer.has(key) ? layer[key].number() : missing;
}

Op read_activation(const JsonView& layer, ActivationKind kind) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  switch (kind) {
    case ActivationKind::clip:
      require_op_keys(layer, {"min", "max"});
      return Activation{kind, read_number(layer, "min", -kInfinity),
                        read_number(layer, "max", kInfinity)};
    case ActivationKind::hard_sigmoid:
      require_op_keys(layer, {"alpha", "beta"});
      return Activation{kind, read_number(layer, "alpha", 0.2F), read_number(layer, "beta", 0.5F)};
    case ActivationKind::leaky_relu:
    case ActivationKind::elu: {
      require_op_keys(layer, {"alpha"});
      const float usual = kind == ActivationKind::elu ? 1.0F : 0.01F;
      return Activation{kind, read_number(layer, "alpha", usual)};
    }
    default:
      return read_plain(layer, Activation{kind});
  }
}

Op read_pad(const JsonView& layer) {
  require_op_keys(layer, {"padding", "value"});
  const auto sides = layer["padding"].integers(4, 0, kMaxDim);
  return Pad{{sides[0], sides[2]}, {sides[1], sides[3]}, read_number(layer, "value", 0)};
}

Op read_transpose(const JsonView& layer) {
  require_op_keys(layer, {"order"});
  Transpose op;
  const auto order = layer["order"].integers(3, 0, 2);
  for (std::size_t i = 0; i < op.order.size(); ++i) op.order[i] = static_cast<int>(order[i]);
  return op;
}

Op read_with_number(const JsonView& layer, std::string_view key, auto make) {
  require_op_keys(layer, {key});
  return make(layer[key]);
}

using Reader = Op (*)(const JsonView&);
constexpr std::pair<std::string_view, Reader> kReaders[] = {
    {"conv2d", read_conv},
    {"max_pool2d", [](const JsonView& layer) { return read_pool(layer, PoolKind::max); }},
    {"avg_pool2d", [](const JsonView& layer) { return read_pool(layer, PoolKind::average); }},
    {"relu", [](const JsonView& layer) { return read_plain(layer, Relu{}); }},
    {"fully_connected",
     [](const JsonView& layer) -> Op {
       require_op_keys(layer, {"oc"});
       return FullyConnected{read_channels(layer)};
     }},
    {"dropout",
     [](const JsonView& layer) {
       return read_with_number(layer, "rate",
                               [](const JsonView& v) { return Dropout{v.number()}; });
     }},
    {"batch_norm",
     [](const JsonView& layer) {
       return read_with_number(layer, "epsilon",
                               [](const JsonView& v) { return BatchNorm{v.number()}; });
     }},
    {"channel_affine", [](const JsonView& layer) { return read_plain(layer, ChannelAffine{}); }},
    {"prelu", [](const JsonView& layer) { return read_plain(layer, PRelu{}); }},
    {"add", [](const JsonView& layer) { return read_plain(layer, Add{}); }},
    {"concat", [](const JsonView& layer) { return read_plain(layer, Concat{}); }},
    {"softmax", [](const JsonView& layer) { return read_plain(layer, Softmax{false}); }},
    {"log_softmax", [](const JsonView& layer) { return read_plain(layer, Softmax{true}); }},
    {"pad", read_pad},
    {"reshape",
     [](const JsonView& layer) {
       return read_with_number(layer, "extent", [](const JsonView& v) {
         const auto sides = v.integers(3, 1, kMaxDim);
         return Reshape{{sides[0], sides[1], sides[2]}};
       });
     }},
    {"transpose", read_transpose}};

std::string known_types() {
  std::vector<std::string_view> names;
  for (const auto& [name, reader] : kReaders) names.push_back(name);
  for (const auto& [kind, name] : kActivations) names.push_back(name);
  for (const auto& [kind, name] : kArithmetic) names.push_back(name);
  const std::string_view last = names.back();
  names.pop_back();
  return fmt::format("{} or {}", fmt::join(names, ", "), last);
}

}  // namespace

std::string op_json(const Op& op) { return std::visit(Writer{}, op); }

Op op_from(const JsonView& layer) {
  const std::string type = layer["type"].text();
  for (const auto& [name, read] : kReaders)
    if (name == type) return read(layer);
  for (const auto& [kind, name] : kActivations)
    if (name == type) return read_activation(layer, kind);
  for (const auto& [kind, name] : kArithmetic)
    if (name == type) return read_plain(layer, Arithmetic{kind});
  layer["type"].fail("unknown layer type " + Json(type).dump() + ": expected " + known_types());
}

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
