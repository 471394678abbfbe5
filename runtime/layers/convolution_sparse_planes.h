// Convolution of plain images over the kept weights alone: positions of an image fill the vectors.
#pragma once

#include "runtime/core/aligned.h"
#include "runtime/graph/ops/conv2d.h"
#include "runtime/kernels/conv_sparse.h"
#include "runtime/layers/layer.h"

namespace karnin {

struct ConvolutionSparsePlanesOptions {
  bool add = false;   ///< the second input, to the output
  bool relu = false;  ///< then ends with max(x, 0)
};

/// For inference. Threads that have no shard take rows of it.
class ConvolutionSparsePlanesLayer : public Layer {
 public:
  /// `dst` as the shape rule gives it; src must be plain.
  ConvolutionSparsePlanesLayer(std::string name, const Conv2d& spec, const Blob& src,
                               const Extent& dst, const ConvolutionSparsePlanesOptions& options);

  static bool covers(const Conv2d& spec, const Extent& src, const Extent& dst);

  std::string kernel() const override { return "sparse in planes"; }
  std::optional<std::size_t> in_place() const override {
    return options_.add ? std::optional<std::size_t>(1) : std::nullopt;
  }
  void set_parameters(const LayerParameters& parameters) override;
  std::unique_ptr<BoundLayer> bind(const Binding& binding) const override;

  /// Rows [first, end) of all images.
  void run(std::int64_t first, std::int64_t end, const Binding& binding) const;
  const kernels::ConvShape& shape() const { return shape_; }
  kernels::SparseTiles kept() const { return kept_.view(); }

 private:
  kernels::ConvShape shape_;
  ConvolutionSparsePlanesOptions options_;
  kernels::PackedConvTiles kept_;
  AlignedVector<float> bias_;
};

}  // namespace karnin
