// Fully connected layers by oneDNN. Inference may choose it; in training it is the reference that
// the kernels are compared with.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "runtime/core/layout.h"

namespace karnin::onednn {

/// src (rows x ic), weights (oc x ic), dst (rows x oc), all row-major.
struct InnerProductShape {
  std::int64_t rows = 0;
  std::int64_t ic = 0;
  std::int64_t oc = 0;
};

/// Shared by all workers; constant but for set_parameters(). Throws Error when oneDNN can't run it.
class InnerProduct {
 public:
  InnerProduct(const InnerProductShape& shape, bool relu, bool training);
  ~InnerProduct();

  /// What oneDNN calls the code that runs forward.
  std::string implementation() const;

  /// Copies into oneDNN's layouts. No Bound may be running.
  void set_parameters(const float* weights, const float* bias);

  /// One thread's, over fixed buffers; the diff buffers are only bound in training.
  class Bound {
   public:
    Bound(const InnerProduct& inner_product, const Binding& binding);
    ~Bound();
    void forward();
    /// Overwrites both, in plain layout. diff_dst is taken as it is, whatever the ReLU did.
    void backward_weights(float* diff_weights, float* diff_bias);
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
