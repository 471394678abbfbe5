// Max and average pooling by oneDNN, forward and backward.
#pragma once

#include <memory>
#include <string>

#include "runtime/core/layout.h"
#include "runtime/graph/ops/pool2d.h"

namespace karnin::onednn {

/// Shared by all workers and constant once made. Throws Error when oneDNN can't run it.
class Pooling {
 public:
  /// `dst` is the extent that the shape rule gives; the layout stays that of src.
  Pooling(const Pool2d& spec, const Blob& src, const Extent& dst, bool training);
  ~Pooling();

  /// What oneDNN calls the code that runs forward, and backward after a comma.
  std::string implementation() const;

  /// One thread's, over fixed buffers; the diff buffers are only bound in training.
  class Bound {
   public:
    Bound(const Pooling& pooling, const Binding& binding);
    ~Bound();
    void forward();
    /// diff_dst to diff_src. A window's gradient goes to its first maximum in h, w order, as the
    /// last forward() saw it, or in equal parts to all that were averaged.
    void backward();

   private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
  };

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace karnin::onednn
