// The interface of every layer. A Layer is prepared for one number of images (a shard), shared by
// all workers and constant while they run; bind() gives a worker its own BoundLayer over its
// buffers.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "runtime/core/layout.h"
#include "runtime/core/sparse_matrix.h"
#include "runtime/graph/role.h"

namespace karnin {

enum class Purpose { inference, training };

/// Identifies the images of a shard to layers that draw random numbers (dropout).
struct ShardId {
  std::uint64_t seed = 0;        ///< of the run
  std::uint64_t step = 0;        ///< optimizer steps so far
  std::int64_t first_image = 0;  ///< position in the batch
};

/// The plain tensors of a layer, and their gradients; empty for a role that it has none of.
using LayerParameters = ByRole<std::span<const float>>;
using LayerGradients = ByRole<std::span<float>>;

/// A layer on one worker's buffers. Serial; not to be shared between threads.
class BoundLayer {
 public:
  virtual ~BoundLayer() = default;
  virtual void forward(const ShardId& shard) = 0;
  /// Reads diff_dst (and may overwrite it), writes diff_src where bound, and overwrites the
  /// gradients of this layer's parameters. Statistics have none: in their place comes what the
  /// layer has measured of them, or 0.
  virtual void backward(const ShardId& shard, const LayerGradients& gradients) = 0;
};

class Layer {
 public:
  Layer(std::string name, Blob src, Blob dst) : name_(std::move(name)), src_(src), dst_(dst) {}
  virtual ~Layer() = default;

  const std::string& name() const { return name_; }
  const Blob& src() const { return src_; }
  const Blob& dst() const { return dst_; }
  /// The input that dst may overwrite, if there is one: forward and backward then work on one
  /// buffer each, if the program says so. Not where a layer above can't do without what it held.
  virtual std::optional<std::size_t> in_place() const { return std::nullopt; }
  /// In which layout it reads its inputs behind the first.
  virtual Layout others_layout() const { return src_.layout; }
  /// The code that runs it, for reports: "onednn jit:avx2", "dense", "sparse-lanes", ...
  virtual std::string kernel() const = 0;
  /// Takes new parameters in plain layout. In training they must stay where they are until the next
  /// call; in inference they are copied. Must not run while a BoundLayer does.
  virtual void set_parameters(const LayerParameters& /*parameters*/) {}
  /// The same for a fully connected layer in inference, whose weights come apart from its other
  /// parameters. A layer that wants all of them gets them, for as long as it takes to copy them.
  virtual void set_sparse_parameters(const SparseMatrix& weights, const LayerParameters& others) {
    const auto dense = weights.to_dense();
    LayerParameters all = others;
    all[Role::weight] = dense;
    set_parameters(all);
  }
  /// In training: weights whose mask is 0 stay 0 from now on, and nobody asks for their gradient,
  /// which backward may leave as it is. Empty: every weight may move. Takes effect with the next
  /// set_parameters().
  virtual void hold_mask(std::span<const std::uint8_t> /*mask*/) {}
  virtual std::unique_ptr<BoundLayer> bind(const Binding& binding) const = 0;

 private:
  std::string name_;
  Blob src_, dst_;
};

}  // namespace karnin
