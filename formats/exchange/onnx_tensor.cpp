#include "formats/exchange/onnx_tensor.h"

#include <fmt/format.h>

#include <cstring>
#include <functional>
#include <utility>

#include "formats/exchange/float_bits.h"
#include "formats/exchange/onnx_external.h"
#include "formats/io/printable.h"
#include "runtime/core/error.h"
#include "runtime/graph/limits.h"

namespace karnin {
namespace {

using Type = onnx::TensorProto;

float from_double(double value) { return static_cast<float>(value); }

/// `count` little-endian values of type From, each by convert().
template <typename From, typename To>
std::vector<To> from_raw(std::string_view raw, const auto& convert) {
  std::vector<To> values(raw.size() / sizeof(From));
  for (std::size_t i = 0; i < values.size(); ++i) {
    From value{};
    std::memcpy(&value, raw.data() + i * sizeof(From), sizeof(From));
    values[i] = static_cast<To>(convert(value));
  }
  return values;
}

/// Of a field whose type is wider than From: float16 stands in 32-bit numbers.
template <typename From, typename To>
std::vector<To> from_typed(const auto& field, const auto& convert) {
  std::vector<To> values;
  values.reserve(static_cast<std::size_t>(field.size()));
  for (const auto value : field)
    values.push_back(static_cast<To>(convert(static_cast<From>(value))));
  return values;
}

/// The values of one tensor, wherever they stand: in raw_data, in the field of their type, or in
/// another file. There are never more than that place holds, so that none is made for nothing.
class Values {
 public:
  Values(const onnx::TensorProto& tensor, std::int64_t count, OnnxSource& source)
      : tensor_(tensor), count_(static_cast<std::size_t>(count)), source_(source) {}

  /// `field` is where values of this type stand when they are not raw.
  template <typename From, typename To>
  std::vector<To> read(const auto& field, const auto& convert) const {
    if (tensor_.data_location() == Type::EXTERNAL)
      return from_raw<From, To>(read_external(tensor_, source_, count_, sizeof(From)), convert);
    source_.spend(static_cast<std::int64_t>(count_));
    const std::size_t width = tensor_.has_raw_data() ? sizeof(From) : 1;
    const std::size_t got =
        tensor_.has_raw_data() ? tensor_.raw_data().size() : static_cast<std::size_t>(field.size());
    if (got != count_ * width)
      throw ArgumentError(fmt::format("expected {} {}, got {}", count_ * width,
                                      tensor_.has_raw_data() ? "raw bytes" : "values", got));
    if (tensor_.has_raw_data()) return from_raw<From, To>(tensor_.raw_data(), convert);
    return from_typed<From, To>(field, convert);
  }

  template <typename From>
  Integers integers(const auto& field) const {
    return read<From, std::int64_t>(field, [](From value) { return +value; });  // no character
  }

 private:
  const onnx::TensorProto& tensor_;
  std::size_t count_;
  OnnxSource& source_;
};

/// By the type of the tensor, and the field that onnx.proto has for it.
OnnxConstant read_values(const Values& values, const onnx::TensorProto& tensor, Dims dims) {
  const auto& narrow = tensor.int32_data();
  switch (tensor.data_type()) {
    case Type::FLOAT:
      return {dims, values.read<float, float>(tensor.float_data(), std::identity())};
    case Type::DOUBLE:
      return {dims, values.read<double, float>(tensor.double_data(), from_double)};
    case Type::FLOAT16:
      return {dims, values.read<std::uint16_t, float>(narrow, from_half)};
    case Type::BFLOAT16:
      return {dims, values.read<std::uint16_t, float>(narrow, from_bfloat)};
    case Type::BOOL:
    case Type::UINT8:
      return {dims, values.integers<std::uint8_t>(narrow)};
    case Type::INT8:
      return {dims, values.integers<std::int8_t>(narrow)};
    case Type::UINT16:
      return {dims, values.integers<std::uint16_t>(narrow)};
    case Type::INT16:
      return {dims, values.integers<std::int16_t>(narrow)};
    case Type::INT32:
      return {dims, values.integers<std::int32_t>(narrow)};
    case Type::UINT32:
      return {dims, values.integers<std::uint32_t>(tensor.uint64_data())};
    case Type::INT64:
      return {dims, values.integers<std::int64_t>(tensor.int64_data())};
    case Type::UINT64:
      return {dims, values.integers<std::uint64_t>(tensor.uint64_data())};
    default:
      throw ArgumentError(
          fmt::format("expected real or whole numbers, got data type {}", tensor.data_type()));
  }
}

/// `problem` with the tensor's name before it.
[[noreturn]] void fail(const std::string& name, const std::string& problem) {
  throw ArgumentError(fmt::format("tensor '{}': {}", printable_line(name), problem));
}

Dims checked(const auto& dims) {
  Dims copy(dims.begin(), dims.end());
  require_rank(copy);
  element_count(copy);  // none of them is negative
  if (work_of(copy) > kMaxElements)
    throw ArgumentError(
        fmt::format("expected at most {} values, got {}", kMaxElements, work_of(copy)));
  return copy;
}

/// Where the values of a sparse tensor go: by flat indices, or by a row of them for each.
Integers flat_indices(const OnnxConstant& indices, const Dims& dims, std::size_t values) {
  const Dims sizes = indices.dims().size() == 2 ? dims : Dims{element_count(dims)};
  if (indices.is_real() || indices.size() != values * sizes.size())
    throw ArgumentError(
        fmt::format("expected whole numbers as indices, {} for each value", sizes.size()));
  const std::vector<std::int64_t> strides = strides_of(sizes);
  Integers flat(values, 0);
  for (std::size_t i = 0; i < indices.size(); ++i) {
    const std::int64_t index = indices.integers()[i], end = sizes[i % sizes.size()];
    if (index < 0 || index >= end)
      throw ArgumentError(fmt::format("expected indices below {}, got {}", end, index));
    flat[i / sizes.size()] += index * strides[i % sizes.size()];
  }
  return flat;
}

/// Zeros everywhere else; the last of several values for one place counts.
OnnxConstant scattered(const OnnxConstant& values, const Integers& places, Dims dims) {
  const auto count = static_cast<std::size_t>(element_count(dims));
  return values.visit([&]<typename T>(const std::vector<T>& some) {
    std::vector<T> all(count, T{});
    for (std::size_t i = 0; i < places.size(); ++i)
      all[static_cast<std::size_t>(places[i])] = some[i];
    return OnnxConstant(std::move(dims), std::move(all));
  });
}

}  // namespace

OnnxConstant read_tensor(const onnx::TensorProto& tensor, OnnxSource& source) {
  try {
    Dims dims = checked(tensor.dims());
    if (tensor.has_segment()) throw ArgumentError("expected a tensor in one piece, got a segment");
    const Values values(tensor, element_count(dims), source);
    return read_values(values, tensor, std::move(dims));
  } catch (const ArgumentError& error) {
    fail(tensor.name(), error.what());
  }
}

OnnxConstant read_tensor(const onnx::SparseTensorProto& tensor, OnnxSource& source) {
  const OnnxConstant values = read_tensor(tensor.values(), source);
  const OnnxConstant indices = read_tensor(tensor.indices(), source);
  try {
    Dims dims = checked(tensor.dims());
    source.spend(element_count(dims));
    const Integers places = flat_indices(indices, dims, values.size());
    return scattered(values, places, std::move(dims));
  } catch (const ArgumentError& error) {
    fail(tensor.values().name(), error.what());
  }
}

}  // namespace karnin
