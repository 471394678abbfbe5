// A tensor whose values are known while a file is read: a weight, or part of a shape.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <variant>
#include <vector>

#include "runtime/core/tensor.h"

namespace karnin {

using Reals = std::vector<float>;
using Integers = std::vector<std::int64_t>;

/// Plain row-major values, shared by the copies: none of them can be changed. A scalar has no
/// dimensions.
class OnnxConstant {
 public:
  /// As many values as the dimensions say.
  OnnxConstant(Dims dims, Reals values);
  OnnxConstant(Dims dims, Integers values);

  const Dims& dims() const { return dims_; }
  std::size_t size() const;
  bool is_real() const { return values_.index() == 0; }
  const Reals& reals() const { return *std::get<0>(values_); }
  const Integers& integers() const { return *std::get<1>(values_); }
  /// fn(values) for the kind that they are of.
  auto visit(const auto& fn) const {
    return std::visit([&](const auto& values) { return fn(*values); }, values_);
  }

  /// The same values, as many, under other dimensions.
  OnnxConstant with_dims(Dims dims) const;

 private:
  Dims dims_;
  std::variant<std::shared_ptr<const Reals>, std::shared_ptr<const Integers>> values_;
};

inline constexpr std::size_t kMaxOnnxRank = 16;

/// Throws ArgumentError for more dimensions.
void require_rank(const Dims& dims);

/// How many steps it takes to go through all axes: an empty one counts as one.
std::int64_t work_of(std::span<const std::int64_t> dims);

/// Row-major steps, in elements, from one index of each axis to the next.
std::vector<std::int64_t> strides_of(std::span<const std::int64_t> dims);

/// For every element of a row-major tensor of these dimensions, in order, the sum of its indices
/// times `steps`: where another tensor holds what belongs there.
std::vector<std::int64_t> offsets_of(std::span<const std::int64_t> dims,
                                     std::span<const std::int64_t> steps);

}  // namespace karnin
