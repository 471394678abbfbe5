#include "formats/exchange/onnx_node.h"

#include <fmt/format.h>

#include <utility>

#include "formats/io/printable.h"
#include "runtime/core/error.h"

namespace karnin {
namespace {

using Attribute = onnx::AttributeProto;

constexpr std::size_t kShownBytes = 100;  ///< some exporters join the names of all that they fused

std::string shown(const std::string& name) {
  const std::string text = printable_line(name);
  return text.size() <= kShownBytes ? text : printable_line(text.substr(0, kShownBytes)) + "...";
}

}  // namespace

OnnxNode::OnnxNode(const onnx::NodeProto& proto, std::int64_t opset,
                   std::vector<std::optional<OnnxValue>> inputs, int output)
    : proto_(proto), opset_(opset), inputs_(std::move(inputs)), output_(output) {}

std::string OnnxNode::name() const {
  if (!proto_.name().empty()) return proto_.name();
  if (proto_.output_size() > 0 && !proto_.output(0).empty()) return proto_.output(0);
  return op();
}

std::string OnnxNode::label() const {
  return fmt::format("node '{}' ({}, opset {})", shown(name()), shown(op()), opset_);
}

const Attribute* OnnxNode::find(std::string_view name) const {
  asked_.emplace(name);
  for (const Attribute& attribute : proto_.attribute())
    if (attribute.name() == name) return &attribute;
  return nullptr;
}

const Attribute* OnnxNode::find(std::string_view name, Attribute::AttributeType type,
                                std::string_view kind) const {
  const Attribute* found = find(name);
  if (found != nullptr && found->type() != type && found->type() != Attribute::UNDEFINED)
    fail(fmt::format("attribute '{}': expected {}", name, kind));
  return found;
}

std::int64_t OnnxNode::integer(std::string_view name, std::int64_t otherwise) const {
  const Attribute* found = find(name, Attribute::INT, "a whole number");
  return found == nullptr ? otherwise : found->i();
}

float OnnxNode::real(std::string_view name, float otherwise) const {
  const Attribute* found = find(name, Attribute::FLOAT, "a number");
  return found == nullptr ? otherwise : found->f();
}

std::string OnnxNode::text(std::string_view name, std::string_view otherwise) const {
  const Attribute* found = find(name, Attribute::STRING, "a text");
  return found == nullptr ? std::string(otherwise) : found->s();
}

std::optional<Integers> OnnxNode::integers(std::string_view name) const {
  const Attribute* found = find(name, Attribute::INTS, "whole numbers");
  if (found == nullptr) return std::nullopt;
  return Integers(found->ints().begin(), found->ints().end());
}

std::optional<Reals> OnnxNode::reals(std::string_view name) const {
  const Attribute* found = find(name, Attribute::FLOATS, "numbers");
  if (found == nullptr) return std::nullopt;
  return Reals(found->floats().begin(), found->floats().end());
}

const onnx::TensorProto* OnnxNode::tensor(std::string_view name) const {
  const Attribute* found = find(name, Attribute::TENSOR, "a tensor");
  return found == nullptr ? nullptr : &found->t();
}

const onnx::SparseTensorProto* OnnxNode::sparse_tensor(std::string_view name) const {
  const Attribute* found = find(name, Attribute::SPARSE_TENSOR, "a sparse tensor");
  return found == nullptr ? nullptr : &found->sparse_tensor();
}

void OnnxNode::expect_attributes_known() const {
  for (const Attribute& attribute : proto_.attribute())
    if (!asked_.contains(attribute.name()))
      fail(fmt::format("unknown attribute '{}'", shown(attribute.name())));
}

bool OnnxNode::is_constant(std::size_t i) const {
  return has(i) && std::holds_alternative<OnnxConstant>(*inputs_[i]);
}

const OnnxValue& OnnxNode::value(std::size_t i) const {
  require(has(i), fmt::format("expected input {}, got none", i));
  return *inputs_[i];
}

const OnnxView& OnnxNode::view(std::size_t i) const {
  const auto* view = std::get_if<OnnxView>(&value(i));
  if (const auto* guise = std::get_if<OnnxGuise>(&value(i))) refuse(*guise);
  require(view != nullptr,
          fmt::format("input {}: expected a value that depends on the image, got a constant", i));
  return *view;
}

const OnnxConstant& OnnxNode::constant(std::size_t i) const {
  const auto* constant = std::get_if<OnnxConstant>(&value(i));
  require(constant != nullptr,
          fmt::format("input {}: expected a constant, got a value that depends on the image", i));
  return *constant;
}

const Integers& OnnxNode::integers_at(std::size_t i) const {
  require(!constant(i).is_real(), fmt::format("input {}: expected whole numbers, got reals", i));
  return constant(i).integers();
}

const Reals& OnnxNode::reals_at(std::size_t i) const {
  require(constant(i).is_real(), fmt::format("input {}: expected reals, got whole numbers", i));
  return constant(i).reals();
}

void OnnxNode::fail(const std::string& problem) { throw ShapeError(problem); }

void OnnxNode::refuse(const OnnxGuise& guise) {
  fail(fmt::format("{}, got {} of {}",
                   guise.is_expanded() ? "expected what is expanded to meet a value of that size"
                                       : "expected the batch to stay first",
                   to_string(guise.dims), to_string(guise.view.dims)));
}

std::size_t checked_axis(std::int64_t axis, std::size_t rank) {
  const auto count = static_cast<std::int64_t>(rank);
  if (axis < -count || axis >= count)
    throw ShapeError(fmt::format("expected an axis in {}..{}, got {}", -count, count - 1, axis));
  return static_cast<std::size_t>(axis < 0 ? axis + count : axis);
}

std::string to_string(const Dims& dims) {
  std::string text;
  for (const std::int64_t dim : dims) {
    if (!text.empty()) text += 'x';
    if (dim == 0 || dim % kFreeBatch != 0)
      text += std::to_string(dim);
    else
      text += (dim == kFreeBatch ? "" : std::to_string(dim / kFreeBatch)) + "N";
  }
  return text.empty() ? "a scalar" : text;
}

}  // namespace karnin
