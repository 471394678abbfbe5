#include <fmt/format.h>
#include <fmt/ranges.h>

#include <limits>

#include "formats/model/op_fields.h"
#include "formats/model/op_json.h"
#include "formats/model/op_names.h"

namespace karnin {
namespace {

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

Op read_batch_norm(const JsonView& layer) {
  require_op_keys(layer, {"epsilon", "ghost_batch"});
  BatchNorm op{layer["epsilon"].number()};
  if (layer.has("ghost_batch")) op.ghost_batch = layer["ghost_batch"].integer(1, kMaxDim);
  return op;
}

Op read_pad(const JsonView& layer) {
  require_op_keys(layer, {"padding", "value"});
  const auto sides = layer["padding"].integers(4, -kMaxDim, kMaxDim);
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
    {"batch_norm", read_batch_norm},
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
  for (const auto& [kind, name] : kActivationNames) names.push_back(name);
  for (const auto& [kind, name] : kArithmeticNames) names.push_back(name);
  const std::string_view last = names.back();
  names.pop_back();
  return fmt::format("{} or {}", fmt::join(names, ", "), last);
}

}  // namespace

Op op_from(const JsonView& layer) {
  const std::string type = layer["type"].text();
  for (const auto& [name, read] : kReaders)
    if (name == type) return read(layer);
  for (const auto& [kind, name] : kActivationNames)
    if (name == type) return read_activation(layer, kind);
  for (const auto& [kind, name] : kArithmeticNames)
    if (name == type) return read_plain(layer, Arithmetic{kind});
  layer["type"].fail("unknown layer type " + Json(type).dump() + ": expected " + known_types());
}

}  // namespace karnin
