// Turns activations from one layout into another.
#pragma once

#include <memory>

#include "runtime/core/layout.h"

namespace karnin::onednn {

/// Shared and constant once made; src and dst differ in nothing but their layout. Throws Error.
class Reorder {
 public:
  Reorder(const Blob& src, const Blob& dst);
  ~Reorder();

  /// One thread's, over fixed buffers of src.floats() and dst.floats().
  class Bound {
   public:
    Bound(const Reorder& reorder, const float* src, float* dst);
    ~Bound();
    /// Padded channels of dst become 0.
    void run();

   private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
  };

  /// What oneDNN calls the code that runs.
  const char* implementation() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace karnin::onednn
