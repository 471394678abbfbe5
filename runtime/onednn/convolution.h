// Convolution by oneDNN: forward with bias and optionally ReLU, and both gradients. Weights are
// plain (oc, ic, kh, kw) at this door; the blocked copies live behind it.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "runtime/core/layout.h"
#include "runtime/graph/ops/activation.h"
#include "runtime/graph/ops/conv2d.h"

namespace karnin::onednn {

struct ConvolutionOptions {
  bool add = false;   ///< forward adds to what dst holds
  bool relu = false;  ///< then ends with max(x, 0)
  /// Or with clip, leaky_relu or hard_swish.
  std::optional<Activation> activation = std::nullopt;
  bool training = false;       ///< prepare the weight gradient
  bool diff_src = false;       ///< prepare the data gradient too
  bool channels_last = false;  ///< in nhwc, if oneDNN is as fast there as it is anywhere
  int sharers = 1;             ///< threads for which forward is cut into parts
};

/// Shared by all workers; constant but for set_parameters(). Throws Error when oneDNN can't run it.
class Convolution {
 public:
  /// `src` is what the layer before offers, `dst` the extent that the shape rule gives. The layouts
  /// are chosen here: the first for which oneDNN has fast code in every direction that is needed.
  Convolution(const Conv2d& spec, const Blob& src, const Extent& dst,
              const ConvolutionOptions& options);
  ~Convolution();

  /// May have another layout than was offered: the caller reorders.
  const Blob& src() const;
  const Blob& dst() const;
  /// What oneDNN calls the code that runs forward, and (after commas) for each gradient.
  std::string implementation() const;

  /// How many parts forward has, which may run side by side. They don't change a bit.
  std::int64_t parts() const;

  /// Copies into oneDNN's layouts. No Bound may be running.
  void set_parameters(const float* weights, const float* bias);

  /// One thread's, over fixed buffers of src() and dst(). May be made while others run.
  class Bound {
   public:
    Bound(const Convolution& convolution, const Binding& binding);
    ~Bound();
    void forward(std::int64_t part);
    /// Overwrites diff_weights (plain) and diff_bias, from the last forward's src and diff_dst.
    void backward_weights(float* diff_weights, float* diff_bias);
    /// diff_dst to diff_src. diff_dst is taken as it is: masking it by the ReLU is the caller's.
    void backward_data();

   private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
  };

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace karnin::onednn
