#include "runtime/layers/fc_inference.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "runtime/core/aligned.h"
#include "runtime/core/parallel.h"
#include "runtime/core/sparse_matrix.h"
#include "runtime/kernels/kernels.h"
#include "runtime/layers/sparse_parts.h"
#include "runtime/onednn/inner_product.h"

namespace karnin {
namespace {

/// What all kernels share: the shape, and the columns in the order of the activations in memory.
class FcInferenceLayer : public Layer {
 public:
  FcInferenceLayer(std::string name, const FullyConnected& spec, const Blob& src, bool relu)
      : Layer(std::move(name), src, {src.images, {spec.oc, 1, 1}, Layout::nchw}),
        shape_{src.images, src.image_floats(), spec.oc},
        relu_(relu) {}

  void set_parameters(const LayerParameters& parameters) final {
    set_bias(parameters);
    pack(permuted(parameters[Role::weight].data()));
  }

  const kernels::FcShape& shape() const { return shape_; }
  const float* bias() const { return bias_.data(); }
  bool relu() const { return relu_; }

 protected:
  void set_bias(const LayerParameters& parameters) {
    bias_.assign(parameters[Role::bias].begin(), parameters[Role::bias].end());
  }

 private:
  /// `weights` is (oc x shape().ic).
  virtual void pack(const AlignedVector<float>& weights) = 0;

  /// Padded channels get columns of zeros.
  AlignedVector<float> permuted(const float* weights) const {
    const std::int64_t pixels = src().extent.h * src().extent.w;
    AlignedVector<float> result(static_cast<std::size_t>(shape_.oc * shape_.ic), 0.0F);
    for (std::int64_t oc = 0; oc < shape_.oc; ++oc)
      for (std::int64_t c = 0; c < src().extent.c; ++c)
        for (std::int64_t pixel = 0; pixel < pixels; ++pixel)
          result[static_cast<std::size_t>(oc * shape_.ic + src().offset(c, pixel))] = *weights++;
    return result;
  }

  kernels::FcShape shape_;
  bool relu_;
  AlignedVector<float> bias_;
};

/// A worker's view of a layer of any of the kernels here: Layer::run(src, dst, scratch) does it.
template <typename FcLayer>
class BoundFc : public BoundLayer {
 public:
  BoundFc(const FcLayer& layer, const Binding& binding, std::size_t scratch_floats)
      : layer_(layer), binding_(binding), scratch_(scratch_floats) {}

  void forward(const ShardId& /*shard*/) override {
    layer_.run(binding_.src, binding_.dst, scratch_.data());
  }
  void backward(const ShardId& /*shard*/, const LayerGradients& /*gradients*/) override {}

 private:
  const FcLayer& layer_;
  Binding binding_;
  AlignedVector<float> scratch_;
};

class DenseFc final : public FcInferenceLayer {
 public:
  using FcInferenceLayer::FcInferenceLayer;
  std::string kernel() const override { return std::string(to_string(FcKernel::dense)); }
  std::unique_ptr<BoundLayer> bind(const Binding& binding) const override {
    return std::make_unique<BoundFc<DenseFc>>(*this, binding, 0);
  }
  void run(const float* src, float* dst, float* /*scratch*/) const {
    const auto [rows, ic, oc] = shape();
    const std::int64_t parts =
        rows * ic * oc < kSharedWork ? 1 : std::clamp<std::int64_t>(rows / 8, 1, Arena::sharers());
    Arena::share(parts, [&](std::int64_t part) {
      const std::int64_t first = part * rows / parts, last = (part + 1) * rows / parts;
      kernels::active().fc_forward_packed({last - first, ic, oc}, src + first * ic, packed_.data(),
                                          bias(), relu(), dst + first * oc);
    });
  }

 private:
  /// Products of a weight and an image for which it pays to wake a thread. Images are shared, as
  /// each thread has to read all weights anyway to keep its tiles filled.
  static constexpr std::int64_t kSharedWork = std::int64_t{1} << 23;

  void pack(const AlignedVector<float>& weights) override {
    const kernels::Table& kernel = kernels::active();
    packed_.resize(kernel.fc_packed_size(shape().oc, shape().ic));
    kernel.fc_pack(shape().oc, shape().ic, weights.data(), packed_.data());
  }
  AlignedVector<float> packed_;
};

/// What both sparse kernels share: the packed rows.
class SparseFc : public FcInferenceLayer {
 public:
  SparseFc(std::string name, const FullyConnected& spec, const Blob& src, bool relu,
           FcKernel kernel, std::int64_t lanes)
      : FcInferenceLayer(std::move(name), spec, src, relu), kernel_(kernel), lanes_(lanes) {}

  std::string kernel() const final { return std::string(to_string(kernel_)); }
  void set_sparse_parameters(const SparseMatrix& weights, const LayerParameters& others) final {
    set_bias(others);
    if (src().layout == Layout::nchw)
      pack(weights);
    else
      pack(permuted(weights));
  }
  const SparseParts& parts() const { return parts_; }

 private:
  void pack(const AlignedVector<float>& weights) final {
    pack(SparseMatrix::from_dense(weights, shape().oc, shape().ic));
  }
  void pack(const SparseMatrix& weights) { parts_ = SparseParts(weights, lanes_, shape().rows); }

  /// As FcInferenceLayer::permuted(), without the columns of zeros.
  SparseMatrix permuted(const SparseMatrix& plain) const {
    const auto pixels = static_cast<std::uint32_t>(src().extent.h * src().extent.w);
    SparseMatrix result{shape().oc, shape().ic, plain.row_ptr, {}, {}};
    result.col_idx.reserve(plain.col_idx.size());
    result.values.reserve(plain.values.size());
    std::vector<std::pair<std::uint32_t, float>> row;
    for (std::size_t r = 0; r + 1 < plain.row_ptr.size(); ++r) {
      row.clear();
      for (std::uint32_t i = plain.row_ptr[r]; i < plain.row_ptr[r + 1]; ++i) {
        const std::uint32_t column = plain.col_idx[i];
        row.emplace_back(src().offset(column / pixels, column % pixels), plain.values[i]);
      }
      std::ranges::sort(row);
      for (const auto& [column, value] : row) {
        result.col_idx.push_back(column);
        result.values.push_back(value);
      }
    }
    return result;
  }

  FcKernel kernel_;
  std::int64_t lanes_;
  SparseParts parts_;
};

class SparseGatherFc final : public SparseFc {
 public:
  SparseGatherFc(std::string name, const FullyConnected& spec, const Blob& src, bool relu)
      : SparseFc(std::move(name), spec, src, relu, FcKernel::sparse_gather, 1) {}

  std::unique_ptr<BoundLayer> bind(const Binding& binding) const override {
    return std::make_unique<BoundFc<SparseGatherFc>>(*this, binding, 0);
  }
  void run(const float* src, float* dst, float* /*scratch*/) const {
    Arena::share(parts().count(), [&](std::int64_t part) {
      kernels::active().fc_sparse_gather(parts().view(part), shape().rows, src, bias(), relu(),
                                         dst);
    });
  }
};

class SparseLanesFc final : public SparseFc {
 public:
  SparseLanesFc(std::string name, const FullyConnected& spec, const Blob& src, bool relu)
      : SparseFc(std::move(name), spec, src, relu, FcKernel::sparse_lanes,
                 kernels::active().lanes) {}

  std::unique_ptr<BoundLayer> bind(const Binding& binding) const override {
    return std::make_unique<BoundFc<SparseLanesFc>>(*this, binding,
                                                    kernels::active().fc_sparse_scratch(shape()));
  }
  void run(const float* src, float* dst, float* scratch) const {
    if (parts().count() == 1)
      kernels::active().fc_sparse_lanes(parts().view(0), shape().rows, src, bias(), relu(), dst,
                                        scratch);
    else
      for (std::int64_t first = 0; first < shape().rows; first += kernels::kSparsePass)
        run_pass(std::min(kernels::kSparsePass, shape().rows - first), src + first * shape().ic,
                 dst + first * shape().oc, scratch);
  }

 private:
  /// The same as fc_sparse_lanes in steps that threads can share: into the lanes by pairs of
  /// blocks, the products by rows, and out of the lanes by blocks.
  void run_pass(std::int64_t images, const float* src, float* dst, float* turned) const {
    const kernels::Table& kernel = kernels::active();
    const auto [rows, ic, oc] = shape();
    const std::int64_t width = kernel.lanes, blocks = (images + width - 1) / width;
    float* const sums = turned + blocks * width * ic;
    Arena::share((blocks + 1) / 2, [&](std::int64_t pair) {
      const std::int64_t first = pair * 2 * width;
      kernel.rows_to_pairs(std::min(2 * width, images - first), ic, src + first * ic,
                           turned + first * ic);
    });
    Arena::share(parts().count(), [&](std::int64_t part) {
      kernel.fc_pairs_sparse({blocks * width, ic, oc}, parts().view(part), turned, bias(), relu(),
                             sums);
    });
    Arena::share(blocks, [&](std::int64_t block) {
      const std::int64_t first = block * width;
      kernel.blocks_to_rows(std::min(width, images - first), oc, sums + first * oc,
                            dst + first * oc);
    });
  }
};

class OnednnFc final : public FcInferenceLayer {
 public:
  OnednnFc(std::string name, const FullyConnected& spec, const Blob& src, bool relu)
      : FcInferenceLayer(std::move(name), spec, src, relu),
        inner_product_({shape().rows, shape().ic, shape().oc}, relu, false) {}

  std::string kernel() const override { return "onednn " + inner_product_.implementation(); }
  std::unique_ptr<BoundLayer> bind(const Binding& binding) const override {
    return std::make_unique<Bound>(inner_product_, binding);
  }

 private:
  class Bound : public BoundLayer {
   public:
    Bound(const onednn::InnerProduct& inner_product, const Binding& binding)
        : bound_(inner_product, binding) {}
    void forward(const ShardId& /*shard*/) override { bound_.forward(); }
    void backward(const ShardId& /*shard*/, const LayerGradients& /*gradients*/) override {}

   private:
    onednn::InnerProduct::Bound bound_;
  };

  void pack(const AlignedVector<float>& weights) override {
    inner_product_.set_parameters(weights.data(), bias());
  }
  onednn::InnerProduct inner_product_;
};

}  // namespace

std::unique_ptr<Layer> make_fc_inference(std::string name, const FullyConnected& spec,
                                         const Blob& src, bool relu, FcKernel kernel) {
  if (kernel == FcKernel::onednn)
    return std::make_unique<OnednnFc>(std::move(name), spec, src, relu);
  if (kernel == FcKernel::dense) return std::make_unique<DenseFc>(std::move(name), spec, src, relu);
  if (kernel == FcKernel::sparse_gather)
    return std::make_unique<SparseGatherFc>(std::move(name), spec, src, relu);
  return std::make_unique<SparseLanesFc>(std::move(name), spec, src, relu);
}

}  // namespace karnin
