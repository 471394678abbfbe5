// A dense f32 tensor in plain row-major order: NCHW for activations, OIHW for convolution weights,
// (oc, ic) for fully connected ones. Blocked layouts never leave the layer that wants them.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "runtime/core/aligned.h"
#include "runtime/core/checked.h"

namespace karnin {

using Dims = std::vector<std::int64_t>;

class Tensor {
 public:
  Tensor() = default;
  /// Zero-filled. Throws ArgumentError when the element count overflows.
  explicit Tensor(Dims dims)
      : dims_(std::move(dims)), values_(static_cast<std::size_t>(element_count(dims_)), 0.0F) {}

  const Dims& dims() const { return dims_; }
  std::int64_t size() const { return static_cast<std::int64_t>(values_.size()); }
  float* data() { return values_.data(); }
  const float* data() const { return values_.data(); }
  std::span<float> span() { return values_; }
  std::span<const float> span() const { return values_; }
  bool operator==(const Tensor&) const = default;

 private:
  Dims dims_;
  AlignedVector<float> values_;
};

}  // namespace karnin
