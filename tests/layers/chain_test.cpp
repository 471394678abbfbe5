#include "runtime/layers/chain.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <limits>
#include <thread>

#include "runtime/core/error.h"
#include "tests/support/fill.h"
#include "tests/support/isa_level.h"
#include "tests/support/reference_network.h"

namespace karnin {
namespace {

using test::Values;

Architecture net(const Extent& input, const std::vector<LayerSpec>& specs) {
  Architecture architecture{"net", input, {}};
  for (const LayerSpec& spec : specs) {
    const int index = static_cast<int>(architecture.nodes.size());
    architecture.nodes.push_back({"layer" + std::to_string(index), spec, {index - 1}});
  }
  return architecture;
}

/// Everything that the paper's network has not: an operator before the first convolution, strides,
/// padding, average pooling, a ReLU that can't be fused, overlapping windows, odd channel counts.
Architecture odd_network() {
  return net({3, 11, 10},
             {Relu{}, Conv2d{6, 3, 3, 2, 1, 1, 0}, Relu{}, Pool2d{PoolKind::average}, Dropout{0.0F},
              Conv2d{9, 2, 2}, Relu{}, Pool2d{PoolKind::max, 2, 2, 1, 1}, Conv2d{3, 1, 1}, Relu{},
              Conv2d{10, 1, 2}, FullyConnected{12}, Dropout{0.0F}, Relu{}, FullyConnected{5}});
}

/// A network that starts with pooling, and one without any convolution or fully connected layer at
/// the end.
Architecture pooling_network() {
  return net({10, 8, 8}, {Pool2d{}, Conv2d{6, 3, 3}, Relu{}, Pool2d{PoolKind::average}});
}

/// Weights -1, 0, 1 and integer pixels: the values stay below 2^24, so that every implementation
/// has to give the very same bits (an average of 4 is exact too).
std::vector<Values> small_parameters(const Architecture& architecture) {
  std::vector<Values> parameters;
  for (const ParameterSpec& spec : parameter_specs(architecture)) {
    Values values = test::integers(element_count(spec.dims), parameters.size() + 10);
    for (float& x : values) x = static_cast<float>((x > 1.0F) - (x < -1.0F));
    parameters.push_back(std::move(values));
  }
  return parameters;
}

std::vector<const float*> pointers(const std::vector<Values>& parameters) {
  std::vector<const float*> result;
  for (const Values& values : parameters) result.push_back(values.data());
  return result;
}

/// A chain with one worker and its parameters.
struct Fixture {
  Fixture(const Architecture& architecture, const ChainOptions& options)
      : parameters(small_parameters(architecture)),
        input(test::integers(options.images * architecture.input.size(), 1)),
        chain(architecture, options),
        worker(chain) {
    chain.set_parameters(pointers(parameters));
  }

  Values forward(const ShardId& shard = {}) {
    std::copy(input.begin(), input.end(), worker.input());
    worker.forward(shard);
    return {worker.logits(), worker.logits() + chain.images() * chain.classes()};
  }

  std::vector<Values> backward(const Values& diff_logits, const ShardId& shard = {}) {
    std::copy(diff_logits.begin(), diff_logits.end(), worker.diff_logits());
    std::vector<Values> gradients = parameters;
    std::vector<float*> targets;
    for (Values& gradient : gradients) {
      std::ranges::fill(gradient, std::numeric_limits<float>::quiet_NaN());
      targets.push_back(gradient.data());
    }
    worker.backward(shard, targets);
    return gradients;
  }

  std::vector<Values> parameters;
  Values input;
  Chain chain;
  Chain::Worker worker;
};

ChainOptions training(std::int64_t images) {
  return {.images = images, .purpose = Purpose::training, .fc_kernel = {}};
}
ChainOptions inference(std::int64_t images, FcKernel kernel) {
  return {.images = images, .purpose = Purpose::inference, .fc_kernel = [=](const std::string&) {
            return kernel;
          }};
}

class EveryNetwork : public testing::TestWithParam<Architecture> {};
INSTANTIATE_TEST_SUITE_P(Chain, EveryNetwork,
                         testing::Values(khanal2018(), khanal2018({1, 32, 32}), odd_network(),
                                         pooling_network()),
                         [](const auto& param) { return "net" + std::to_string(param.index); });

TEST_P(EveryNetwork, TrainingIsTheCompositionOfTheReferences) {
  for (const std::int64_t images : {1, 2, 3}) {
    Fixture f(GetParam(), training(images));
    test::ReferenceNetwork reference(GetParam(), images, f.parameters);
    const Values& logits = reference.forward(f.input);
    EXPECT_EQ(f.forward(), logits);
    const Values diff_logits = test::integers(static_cast<std::int64_t>(logits.size()), 2);
    const std::vector<Values> expected = reference.backward(diff_logits);
    const std::vector<Values> actual = f.backward(diff_logits);
    for (std::size_t i = 0; i < expected.size(); ++i)
      EXPECT_EQ(actual[i], expected[i]) << parameter_specs(GetParam())[i].name;
  }
}

TEST_P(EveryNetwork, InferenceIsTheCompositionOfTheReferences) {
  for (const FcKernel kernel :
       {FcKernel::onednn, FcKernel::dense, FcKernel::sparse_lanes, FcKernel::sparse_gather})
    for (const std::int64_t images : {1, 3}) {
      Fixture f(GetParam(), inference(images, kernel));
      test::ReferenceNetwork reference(GetParam(), images, f.parameters);
      EXPECT_EQ(f.forward(), reference.forward(f.input)) << to_string(kernel);
    }
}

TEST(Chain, LeavesTheInputAsItIs) {
  Fixture f(net({3, 4, 4}, {Relu{}, Dropout{0.5F}, FullyConnected{2}}), training(2));
  const Values first = f.forward({1, 2, 3});
  EXPECT_TRUE(std::ranges::equal(f.input, std::span(f.worker.input(), f.input.size())));
  f.worker.forward({1, 2, 3});
  EXPECT_TRUE(std::ranges::equal(first, std::span(f.worker.logits(), first.size())));
}

TEST(Chain, DropoutDoesNotDependOnTheShards) {
  const Architecture architecture =
      net({3, 8, 8}, {Conv2d{10, 3, 3}, Pool2d{}, Dropout{0.5F}, FullyConnected{6}, Dropout{0.5F},
                      FullyConnected{3}});
  Fixture whole(architecture, training(4)), part(architecture, training(2));
  const Values expected = whole.forward({5, 6, 8});
  Values actual;
  for (const std::int64_t first : {0, 2}) {
    part.input.assign(whole.input.begin() + first * 192, whole.input.begin() + (first + 2) * 192);
    const Values logits = part.forward({5, 6, 8 + first});
    actual.insert(actual.end(), logits.begin(), logits.end());
  }
  EXPECT_EQ(actual, expected);
  EXPECT_NE(whole.forward({5, 7, 8}), expected);
}

TEST(Chain, FollowsItsParameters) {
  Fixture f(khanal2018(), training(2));
  f.forward();
  for (Values& values : f.parameters)
    for (float& x : values) x = -x;
  f.chain.set_parameters(pointers(f.parameters));
  test::ReferenceNetwork reference(khanal2018(), 2, f.parameters);
  EXPECT_EQ(f.forward(), reference.forward(f.input));
}

TEST(Chain, IsSharedByWorkersOfSeveralThreads) {
  Fixture f(khanal2018(), training(3));
  const Values diff_logits = test::integers(30, 2);
  const Values logits = f.forward();
  const std::vector<Values> gradients = f.backward(diff_logits);
  const auto work = [&] {
    Chain::Worker worker(f.chain);  // made while the other one runs
    for (int repeat = 0; repeat < 50; ++repeat) {
      std::ranges::copy(f.input, worker.input());
      worker.forward();
      EXPECT_TRUE(std::ranges::equal(logits, std::span(worker.logits(), logits.size())));
      std::ranges::copy(diff_logits, worker.diff_logits());
      std::vector<Values> own = gradients;
      std::vector<float*> targets;
      for (Values& gradient : own) {
        std::ranges::fill(gradient, 0.0F);
        targets.push_back(gradient.data());
      }
      worker.backward({}, targets);
      EXPECT_EQ(own, gradients);
    }
  };
  std::thread other(work);
  work();
  other.join();
}

TEST(Chain, TimesEveryLayer) {
  Fixture f(khanal2018(), inference(2, FcKernel::dense));
  std::vector<double> microseconds(f.chain.layers().size(), 0.0);
  f.worker.forward({}, microseconds);
  EXPECT_THAT(microseconds, testing::Each(testing::Gt(0.0)));
  const std::vector<double> once = microseconds;
  f.worker.forward({}, microseconds);
  for (std::size_t i = 0; i < once.size(); ++i) EXPECT_GT(microseconds[i], once[i]);
}

TEST(Chain, NamesItsLayersAndTheirKernels) {
  const auto pick = [](const std::string& layer) {
    return layer == "fc1" ? FcKernel::sparse_lanes : FcKernel::dense;
  };
  const Chain chain(khanal2018(), {.images = 4, .purpose = Purpose::inference, .fc_kernel = pick});
  std::vector<std::string> trainable;
  for (const auto& layer : chain.layers())
    if (layer->name().starts_with("fc") || layer->name().starts_with("conv"))
      trainable.push_back(layer->name() + " " + layer->kernel());
  using testing::StartsWith;
  EXPECT_THAT(trainable,
              testing::ElementsAre(StartsWith("conv1 onednn "), StartsWith("conv2 onednn "),
                                   "fc1 sparse-lanes", "fc2 dense", "fc3 dense"));
  EXPECT_EQ(chain.classes(), 10);
  EXPECT_EQ(chain.images(), 4);
}

TEST(Chain, RefusesWhatItCannotRun) {
  EXPECT_THROW(Chain(khanal2018(), training(0)), ArgumentError);
  EXPECT_THROW(Chain(net({3, 8, 8}, {Conv2d{4, 9, 9}}), training(1)), ShapeError);
  EXPECT_THROW(Chain(net({3, 1, 1}, {Dropout{0.5F}}), inference(1, FcKernel::dense)), ShapeError);
}

}  // namespace
}  // namespace karnin
