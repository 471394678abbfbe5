// oneDNN must stay on the calling thread, whatever OpenMP is set to there.
#include <gtest/gtest.h>
#include <omp.h>

#include "runtime/core/aligned.h"
#include "runtime/onednn/convolution.h"
#include "tests/support/isa_level.h"
#include "tests/support/thread_count.h"

namespace karnin::onednn {
namespace {

using test::thread_count;

TEST(Serial, StartsNoThreadsAndLeavesOpenMpAsItWas) {
  omp_set_num_threads(4);
  const std::ptrdiff_t before = thread_count();
  const Blob src{8, {16, 32, 32}, Layout::nhwc};
  Convolution convolution({.oc = 16, .kh = 5, .kw = 5}, src, {16, 28, 28}, {.training = true});
  const AlignedVector<float> weights(16 * 16 * 25, 1.0F);
  convolution.set_parameters(weights.data(), weights.data());
  AlignedVector<float> x(static_cast<std::size_t>(convolution.src().floats()));
  AlignedVector<float> y(static_cast<std::size_t>(convolution.dst().floats())), diff(y);
  AlignedVector<float> gradient(weights);
  Convolution::Bound bound(
      convolution, {.src = x.data(), .dst = y.data(), .diff_src = {}, .diff_dst = diff.data()});
  bound.forward(0);
  bound.backward_weights(gradient.data(), gradient.data());
  EXPECT_EQ(thread_count(), before);
  EXPECT_EQ(omp_get_max_threads(), 4);
}

}  // namespace
}  // namespace karnin::onednn
