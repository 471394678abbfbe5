#include "runtime/onednn/reorder.h"

#include <cassert>

#include "runtime/onednn/command.h"
#include "runtime/onednn/serial_call.h"

namespace karnin::onednn {

struct Reorder::Impl {
  Impl(const Blob& src_blob, const Blob& dst_blob)
      : src(desc_of(src_blob)), dst(desc_of(dst_blob)), reorder(prepare_reorder(src, dst)) {}
  Desc src, dst;
  Prepared<dnnl::reorder> reorder;
};

Reorder::Reorder(const Blob& src, const Blob& dst) {
  assert(src.images == dst.images && src.extent == dst.extent);
  impl_ = serial_call("reorder", [&] { return std::make_unique<Impl>(src, dst); });
}
Reorder::~Reorder() = default;

const char* Reorder::implementation() const { return impl_->reorder.desc.impl_info_str(); }

struct Reorder::Bound::Impl {
  Command command;
};

Reorder::Bound::Bound(const Reorder& reorder, const float* src, float* dst)
    : impl_(serial_call("reorder", [&] {
        const Reorder::Impl& shared = *reorder.impl_;
        return std::make_unique<Impl>(
            Impl{Command(shared.reorder, {{DNNL_ARG_FROM, view(shared.src, src)},
                                          {DNNL_ARG_TO, view(shared.dst, dst)}})});
      })) {}
Reorder::Bound::~Bound() = default;

void Reorder::Bound::run() { impl_->command.run(); }

}  // namespace karnin::onednn
