#include "runtime/engine/domain_race.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "runtime/kernels/kernels.h"
#include "tests/support/fill.h"
#include "tests/support/isa_level.h"

namespace karnin {
namespace {

constexpr Conv2d kConv{64, 3, 3};

/// Nearly all weights of the first convolution are gone, which lanes and sparse planes alone know
/// how to use; the second one is dense, and slow there, and where three lanes in four are empty.
Model two_minds() {
  Model model = make_model(make_chain(
      "two-minds", {64, 12, 12}, {{"sparse", kConv}, {"dense", kConv}, {"fc", FullyConnected{4}}}));
  for (Parameter& parameter : model.parameters)
    std::ranges::copy(test::integers(parameter.value.size(), 3), parameter.value.data());
  std::ranges::fill(model.parameters.front().value.span().subspan(100), 0.0F);
  return model;
}

std::vector<float> logits(const Model& model, const Plan& plan) {
  const auto program = build_program(model, plan);
  Program::Worker worker(*program);
  std::ranges::copy(test::integers(plan.images * input_extent(model.graph).size(), 1),
                    worker.input());
  worker.forward();
  return {worker.logits(), worker.logits() + plan.images * program->logits()};
}

TEST(DomainRace, GivesEachRegionItsDomainWhereOneDoesNotSuitAll) {
  const Model model = two_minds();
  const std::int64_t images = std::max<std::int64_t>(kernels::active().lanes / 4, 1);
  Plan plan = plan_program(model, {images, {}, true, {}});
  // It takes half as long as any domain throughout, but other programs may hide that for a while.
  for (int again = 0; again < 9 && plan.domain.of(0) == plan.domain.of(1); ++again)
    plan = plan_program(model, {images, {}, true, {}});
  const auto sparse = testing::AnyOf(Domain::lanes, Domain::sparse_planes);
  EXPECT_THAT(plan.domain.of(0), sparse);
  EXPECT_THAT(plan.domain.of(1), testing::Not(sparse));
  ASSERT_EQ(plan.timings.size(), 5U);  // planes have no layer for these
  EXPECT_EQ(plan.timings.back().domain, plan.domain);
  ASSERT_EQ(plan.kernels.size(), 1U);
  EXPECT_EQ(plan.kernels.front().layer, "fc");
  // Sums of small integers are exact in any domain, but where Winograd's transforms round.
  const std::vector<float> expected = logits(model, {Domain::onednn, {}, {}, 1, images});
  EXPECT_THAT(logits(model, plan),
              testing::Pointwise(testing::FloatNear(1e-5F * std::ranges::max(expected)), expected));
}

TEST(DomainRace, LeavesPlanesOutWhereTheyWouldRunNothing) {
  const Model model = make_model(make_chain("fc", {30, 1, 1}, {{"fc", FullyConnected{20}}}));
  const Plan plan = plan_program(model, {1, {}, true, {}});
  for (const Plan::Timing& timing : plan.timings) EXPECT_NE(timing.domain, Domain::planes);
}

}  // namespace
}  // namespace karnin
