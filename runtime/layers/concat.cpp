#include "runtime/layers/concat.h"

#include <algorithm>
#include <cassert>

namespace karnin {
namespace {

class BoundConcat : public BoundLayer {
 public:
  BoundConcat(const Blob& dst, const std::vector<Extent>& srcs, const Binding& binding)
      : dst_(binding.dst), diff_dst_(binding.diff_dst), blocks_(dst.blocks()) {
    assert(dst.has_planes() && binding.others.size() + 1 == srcs.size());
    std::int64_t offset = 0;
    for (std::size_t i = 0; i < srcs.size(); ++i) {
      const Binding::Source memory =
          i == 0 ? Binding::Source{binding.src, binding.diff_src} : binding.others[i - 1];
      const std::int64_t floats = srcs[i].c * dst.plane_floats();
      parts_.push_back({memory, offset, floats});
      offset += floats;
    }
    block_ = offset;
  }

  void forward(const ShardId& /*shard*/) override {
    for (const auto& [memory, offset, floats] : parts_)
      for (std::int64_t block = 0; block < blocks_; ++block)
        std::copy_n(memory.src + block * floats, floats, dst_ + block * block_ + offset);
  }

  void backward(const ShardId& /*shard*/, const LayerGradients& /*gradients*/) override {
    for (const auto& [memory, offset, floats] : parts_) {
      if (memory.diff_src == nullptr) continue;
      for (std::int64_t block = 0; block < blocks_; ++block)
        std::copy_n(diff_dst_ + block * block_ + offset, floats, memory.diff_src + block * floats);
    }
  }

 private:
  struct Part {
    Binding::Source memory;
    std::int64_t offset, floats;  // in a block of images
  };

  float* dst_;
  float* diff_dst_;
  std::int64_t blocks_, block_ = 0;
  std::vector<Part> parts_;
};

}  // namespace

std::unique_ptr<BoundLayer> ConcatLayer::bind(const Binding& binding) const {
  return std::make_unique<BoundConcat>(dst(), srcs_, binding);
}

}  // namespace karnin
