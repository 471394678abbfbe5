// What a network is made of: nodes in topological order, each naming its inputs. No parameters,
// no compute. Shape rules live here because readers must check them without any engine.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "runtime/core/role.h"
#include "runtime/core/tensor.h"

namespace karnin {

/// Activations of one image. A fully connected layer's output is {oc, 1, 1}.
struct Extent {
  std::int64_t c = 0;
  std::int64_t h = 0;
  std::int64_t w = 0;
  std::int64_t size() const { return c * h * w; }
  bool operator==(const Extent&) const = default;
};

struct Conv2d {
  std::int64_t oc = 0;
  std::int64_t kh = 0, kw = 0;
  std::int64_t sh = 1, sw = 1;
  std::int64_t ph = 0, pw = 0;
  bool operator==(const Conv2d&) const = default;
};

enum class PoolKind { max, average };

/// Padding is left out: average pooling divides by the part of the window inside the image.
struct Pool2d {
  PoolKind kind = PoolKind::max;
  std::int64_t kh = 2, kw = 2;
  std::int64_t sh = 2, sw = 2;
  std::int64_t ph = 0, pw = 0;
  bool operator==(const Pool2d&) const = default;
};

struct Relu {
  bool operator==(const Relu&) const = default;
};

/// Flattens its input in C, H, W order.
struct FullyConnected {
  std::int64_t oc = 0;
  bool operator==(const FullyConnected&) const = default;
};

/// Inverted dropout: active in training only, kept activations scaled by 1 / (1 - rate).
struct Dropout {
  float rate = 0.5F;
  bool operator==(const Dropout&) const = default;
};

using LayerSpec = std::variant<Conv2d, Pool2d, Relu, FullyConnected, Dropout>;

inline constexpr int kImageInput = -1;

struct Node {
  std::string name;
  LayerSpec spec;
  /// Indices of earlier nodes, or kImageInput. Every layer of today takes exactly one.
  std::vector<int> inputs;
  bool operator==(const Node&) const = default;
};

struct Architecture {
  std::string name;
  Extent input;
  std::vector<Node> nodes;
  bool operator==(const Architecture&) const = default;
};

/// Largest dimension or kernel size, largest number of activations of an image or of weights in all
/// that an architecture may name: above any network this runtime is for (VGG-16 has 2^27 weights),
/// and refused before memory is asked for, of which training takes some 40 bytes a weight.
inline constexpr std::int64_t kMaxDim = 1 << 20;
inline constexpr std::int64_t kMaxElements = std::int64_t{1} << 28;
inline constexpr std::size_t kMaxNodes = 4096;

/// Output of one layer. Throws ShapeError naming the layer when src does not fit it.
Extent dst_extent(const Node& node, const Extent& src);

/// Output of every node, in order. Throws ShapeError for anything that is not a sound chain:
/// duplicate or empty names, unknown inputs, shapes that do not fit, no classes at the end.
std::vector<Extent> infer_extents(const Architecture& architecture);

/// A trainable tensor: "conv1.weight" (oc, ic, kh, kw), "fc1.weight" (oc, ic), "fc1.bias" (oc).
struct ParameterSpec {
  std::string name;
  int node = 0;
  Role role = Role::weight;
  Dims dims;
};

/// The tensors of every trainable node, in node order, those of a node in the order of roles.
std::vector<ParameterSpec> parameter_specs(const Architecture& architecture);

/// Where in parameter_specs() the tensor of this role of a node is; nothing where it has none.
std::optional<std::size_t> find_parameter(std::span<const ParameterSpec> specs, int node,
                                          Role role);

/// The node of that name, if there is one.
std::optional<int> find_node(const Architecture& architecture, std::string_view name);

}  // namespace karnin
