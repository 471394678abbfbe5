// Networks of every kind of step, in every domain, against the composition of the references.
#include <gmock/gmock.h>

#include <tuple>

#include "runtime/graph/networks.h"
#include "tests/runtime/program/program_fixture.h"
#include "tests/support/isa_level.h"
#include "tests/support/reference_network.h"

namespace karnin {
namespace {

using test::inference;
using test::net;
using test::training;
using test::Values;
using Fixture = test::ProgramFixture;

/// Everything that the paper's network has not: an operator before the first convolution, strides,
/// padding, average pooling, a ReLU that can't be fused, overlapping windows, odd channel counts.
Graph odd_network() {
  return net({3, 11, 10},
             {Relu{}, Conv2d{6, 3, 3, 2, 1, 1, 0}, Relu{}, Pool2d{PoolKind::average}, Dropout{0.0F},
              Conv2d{9, 2, 2}, Relu{}, Pool2d{PoolKind::max, 2, 2, 1, 1}, Conv2d{3, 1, 1}, Relu{},
              Conv2d{10, 1, 2}, FullyConnected{12}, Dropout{0.0F}, Relu{}, FullyConnected{5}});
}

/// A network that starts with pooling, and one without any convolution or fully connected layer at
/// the end.
Graph pooling_network() {
  return net({10, 8, 8}, {Pool2d{}, Conv2d{6, 3, 3}, Relu{}, Pool2d{PoolKind::average}});
}

/// Groups, dilation, another padding on each side: what not every domain has a layer for.
Graph grouped_network() {
  return net({6, 12, 11}, {Conv2d{.oc = 12, .kh = 3, .kw = 3, .ph = {0, 1}, .pw = 1, .groups = 6},
                           Relu{}, Conv2d{.oc = 8, .kh = 1, .kw = 1}, Relu{},
                           Conv2d{.oc = 4, .kh = 3, .kw = 2, .dh = 2, .dw = 3}, Relu{},
                           Pool2d{.kind = PoolKind::max, .kh = 3, .kw = 3, .ph = {1, 0}, .pw = 1},
                           Conv2d{.oc = 4, .kh = 3, .kw = 3, .ph = 1, .pw = {0, 2}, .groups = 2},
                           Pool2d{.kind = PoolKind::average, .ph = {0, 1}, .count_padding = true},
                           FullyConnected{5}});
}

class EveryNetwork : public testing::TestWithParam<std::tuple<Graph, Domain>> {
 protected:
  const Graph& architecture_ = std::get<0>(GetParam());
  const Domain domain_ = std::get<1>(GetParam());
};
INSTANTIATE_TEST_SUITE_P(Program, EveryNetwork,
                         testing::Combine(testing::Values(khanal2018(), khanal2018({1, 32, 32}),
                                                          odd_network(), pooling_network(),
                                                          grouped_network()),
                                          testing::ValuesIn(test::kDomains)),
                         [](const auto& param) {
                           return std::string(to_string(std::get<1>(param.param))) +
                                  std::to_string(param.index);
                         });

TEST_P(EveryNetwork, TrainingIsTheCompositionOfTheReferences) {
  for (const std::int64_t images : {1, 2, 3, 9}) {
    Fixture f(architecture_, training(images, domain_));
    test::ReferenceNetwork reference(architecture_, images, f.parameters);
    const Values& logits = reference.forward(f.input);
    EXPECT_EQ(f.forward(), logits);
    const Values diff_logits = test::integers(static_cast<std::int64_t>(logits.size()), 2);
    const std::vector<Values> expected = reference.backward(diff_logits);
    const std::vector<Values> actual = f.backward(diff_logits);
    for (std::size_t i = 0; i < expected.size(); ++i)
      EXPECT_EQ(actual[i], expected[i]) << parameter_specs(architecture_)[i].name;
  }
}

TEST_P(EveryNetwork, InferenceIsTheCompositionOfTheReferences) {
  for (const FcKernel kernel :
       {FcKernel::onednn, FcKernel::dense, FcKernel::sparse_lanes, FcKernel::sparse_gather})
    for (const std::int64_t images : {1, 3, 9}) {
      Fixture f(architecture_, inference(images, kernel, domain_));
      test::ReferenceNetwork reference(architecture_, images, f.parameters);
      EXPECT_EQ(f.forward(), reference.forward(f.input)) << to_string(kernel);
    }
}

}  // namespace
}  // namespace karnin
