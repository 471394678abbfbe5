#include "runtime/layers/fc_sparse_inference.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "runtime/core/parallel.h"
#include "runtime/core/sparse_matrix.h"
#include "runtime/kernels/kernels.h"
#include "runtime/layers/fc_inference_layer.h"
#include "runtime/layers/sparse_parts.h"

namespace karnin {
namespace {

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

}  // namespace

std::unique_ptr<Layer> make_fc_sparse_inference(std::string name, const FullyConnected& spec,
                                                const Blob& src, bool relu, FcKernel kernel) {
  if (kernel == FcKernel::sparse_gather)
    return std::make_unique<SparseGatherFc>(std::move(name), spec, src, relu);
  return std::make_unique<SparseLanesFc>(std::move(name), spec, src, relu);
}

}  // namespace karnin
