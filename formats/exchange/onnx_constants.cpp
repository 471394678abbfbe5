#include "formats/exchange/onnx_constants.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <utility>

#include "runtime/core/error.h"

namespace karnin {

OnnxConstant::OnnxConstant(Dims dims, Reals values)
    : dims_(std::move(dims)), values_(std::make_shared<const Reals>(std::move(values))) {
  assert(std::cmp_equal(size(), element_count(dims_)));
}

OnnxConstant::OnnxConstant(Dims dims, Integers values)
    : dims_(std::move(dims)), values_(std::make_shared<const Integers>(std::move(values))) {
  assert(std::cmp_equal(size(), element_count(dims_)));
}

std::size_t OnnxConstant::size() const {
  return visit([](const auto& values) { return values.size(); });
}

OnnxConstant OnnxConstant::with_dims(Dims dims) const {
  OnnxConstant same = *this;
  same.dims_ = std::move(dims);
  assert(std::cmp_equal(size(), element_count(same.dims_)));
  return same;
}

void require_rank(const Dims& dims) {
  if (dims.size() > kMaxOnnxRank)
    throw ArgumentError(
        fmt::format("expected at most {} dimensions, got {}", kMaxOnnxRank, dims.size()));
}

std::int64_t work_of(std::span<const std::int64_t> dims) {
  std::int64_t work = 1;
  for (const std::int64_t dim : dims) work = checked_mul(work, std::max<std::int64_t>(dim, 1));
  return work;
}

std::vector<std::int64_t> strides_of(std::span<const std::int64_t> dims) {
  std::vector<std::int64_t> strides(dims.size(), 1);
  for (std::size_t i = dims.size(); i-- > 1;) strides[i - 1] = strides[i] * dims[i];
  return strides;
}

std::vector<std::int64_t> offsets_of(std::span<const std::int64_t> dims,
                                     std::span<const std::int64_t> steps) {
  std::vector<std::int64_t> offsets{0};
  for (std::size_t axis = 0; axis < dims.size(); ++axis) {
    std::vector<std::int64_t> finer;
    finer.reserve(offsets.size() * static_cast<std::size_t>(dims[axis]));
    for (const std::int64_t offset : offsets)
      for (std::int64_t i = 0; i < dims[axis]; ++i) finer.push_back(offset + i * steps[axis]);
    offsets = std::move(finer);
  }
  return offsets;
}

}  // namespace karnin
