#include "runtime/onednn/inner_product.h"

#include <gmock/gmock.h>

#include "tests/support/fill.h"
#include "tests/support/isa_level.h"
#include "tests/support/reference_fc.h"

namespace karnin::onednn {
namespace {

using test::integers;

/// Small integers: every sum is exact in float.
void check(const InnerProductShape& s, bool relu, bool training) {
  auto src = integers(s.rows * s.ic, 1), diff_dst = integers(s.rows * s.oc, 2);
  const auto weights = integers(s.oc * s.ic, 3), bias = integers(s.oc, 4);
  std::vector<float> dst(diff_dst.size()), diff_src(src.size());
  InnerProduct product(s, relu, training);
  product.set_parameters(weights.data(), bias.data());
  InnerProduct::Bound bound(product, {src.data(), dst.data(), training ? diff_src.data() : nullptr,
                                      training ? diff_dst.data() : nullptr});
  bound.forward();
  const kernels::FcShape shape{s.rows, s.ic, s.oc};
  test::expect_equal(dst, test::reference_forward(shape, src, weights, bias, relu));
  if (!training) return;
  std::vector<float> diff_weights(weights.size()), diff_bias(bias.size());
  bound.backward_weights(diff_weights.data(), diff_bias.data());
  bound.backward_data();
  test::expect_equal(diff_weights, test::reference_backward_weights(shape, src, diff_dst));
  test::expect_equal(diff_bias, test::reference_backward_bias(shape, diff_dst));
  test::expect_equal(diff_src, test::reference_backward_data(shape, diff_dst, weights));
}

TEST(InnerProduct, IsThatOfTheDefinition) {
  for (const std::int64_t rows : {1, 2, 3, 8, 17})
    for (const std::int64_t ic : {1, 3, 8, 84, 401})
      for (const std::int64_t oc : {1, 7, 10, 120})
        for (const bool training : {false, true}) {
          SCOPED_TRACE(testing::Message() << rows << " rows, " << ic << " -> " << oc);
          check({rows, ic, oc}, !training, training);
        }
}

}  // namespace
}  // namespace karnin::onednn
