// The layers of ops that come with others' networks, in every domain that has them, against the
// definitions.
#include <gtest/gtest.h>

#include <limits>

#include "runtime/layers/reorder_lanes.h"
#include "runtime/program/layer_choice.h"
#include "tests/support/blob_values.h"
#include "tests/support/fill.h"
#include "tests/support/isa_level.h"
#include "tests/support/reference_op.h"

namespace karnin {
namespace {

using test::Doubles;
using test::ReferenceOp;
using Values = std::vector<float>;

/// Values stay below 8 and a sum has at most 200 terms of them: the rounding of each, and of the
/// exponential function, is far below.
constexpr double kTolerance = 2e-4;

constexpr float kInfinity = std::numeric_limits<float>::infinity();

std::vector<ReferenceOp> cases(std::int64_t images) {
  const Extent image{3, 4, 5}, row{7, 1, 1};
  std::vector<ReferenceOp> all;
  const auto add = [&](const Op& op, std::vector<Extent> srcs) {
    all.push_back({op, std::move(srcs), images});
  };
  for (const Extent& src : {image, row}) {
    using enum ActivationKind;
    for (const Activation& op :
         {Activation{leaky_relu, 0.1F}, Activation{clip, -0.5F, 0.75F},
          Activation{clip, 0.25F, kInfinity}, Activation{clip, -kInfinity, 1.0F},
          Activation{sigmoid}, Activation{tanh}, Activation{hard_sigmoid, 0.2F, 0.5F},
          Activation{hard_swish}, Activation{elu, 1.5F}})
      add(op, {src});
    for (const Op& op : {Op(PRelu{}), Op(ChannelAffine{}), Op(BatchNorm{0.01F}), Op(Softmax{false}),
                         Op(Softmax{true})})
      add(op, {src});
    for (const Extent& second : {src, Extent{src.c, 1, 1}})
      for (const ArithmeticKind kind :
           {ArithmeticKind::multiply, ArithmeticKind::subtract, ArithmeticKind::divide})
        add(Arithmetic{kind}, {src, second});
    add(Add{}, {src, src});
  }
  add(Concat{}, {image, {1, 4, 5}, {2, 4, 5}});
  add(Concat{}, {row, row});
  add(Pad{{1, 2}, {0, 3}, 1.5F}, {image});
  add(Pad{}, {image});
  add(Pad{{-2, -1}, {2, -1}, 0.5F}, {image});
  add(Pad{-1, {-2, 1}, 0.5F}, {image});
  add(Reshape{{5, 6, 2}}, {image});
  add(Reshape{{60, 1, 1}}, {image});
  for (const std::array<int, 3> order : {std::array{1, 2, 0}, {2, 0, 1}, {0, 2, 1}, {2, 1, 0}})
    add(Transpose{order}, {image});
  return all;
}

/// One layer between buffers that are filled with plain values.
class OneLayer {
 public:
  OneLayer(const ReferenceOp& reference, Domain domain, Purpose purpose)
      : reference_(reference),
        options_{
            .images = reference.images, .purpose = purpose, .domain = domain, .fc_kernel = {}} {
    step_.name = "op";
    step_.op = reference.op;
    step_.domain = domain;
    const Layout layout = domain == Domain::lanes ? lanes_layout() : Layout::nchw;
    layer_ = make_layer({step_,
                         options_,
                         {reference.images, reference.srcs.front(), layout},
                         reference.srcs,
                         reference.dst(),
                         true});
    fill();
    bind(purpose == Purpose::training);
  }

  void expect_definition() {
    bound_->forward({});
    expect_near(test::read(layer_->dst(), dst_), reference_.forward(plain_, parameters_));
  }

  void expect_gradients() {
    const Values diff = test::uniforms(size(reference_.dst()), 5);
    test::write(layer_->dst(), diff, diff_dst_);
    LayerGradients gradients;
    std::vector<Values> own;
    for (const Doubles& parameter : parameters_) own.emplace_back(parameter.size(), NAN);
    for (std::size_t p = 0; p < own.size(); ++p) gradients[shapes_[p].role] = own[p];
    bound_->backward({}, gradients);
    const Doubles weights(diff.begin(), diff.end());
    for (std::size_t i = 0; i < plain_.size(); ++i)
      expect_near(test::read(blob(i), diff_srcs_[i]), numeric(plain_[i], weights));
    for (std::size_t p = 0; p < own.size(); ++p) {
      Doubles expected = numeric(parameters_[p], weights);
      if (is_statistic(shapes_[p].role)) expected.assign(expected.size(), 0.0);
      expect_near(own[p], expected);
    }
  }

 private:
  std::int64_t size(const Extent& e) const { return reference_.images * e.size(); }
  Blob blob(std::size_t i) const {
    return {reference_.images, reference_.srcs[i], layer_->src().layout};
  }

  /// Away from 0, where slopes change and quotients have no bounds; variances are positive.
  static Values sound(Values values) {
    for (float& x : values) x = x < 0 ? 2 * x - 0.2F : 2 * x + 0.2F;
    return values;
  }

  void fill() {
    for (std::size_t i = 0; i < reference_.srcs.size(); ++i) {
      const Values values = sound(test::uniforms(size(reference_.srcs[i]), i + 1));
      plain_.emplace_back(values.begin(), values.end());
      test::write(blob(i), values, srcs_.emplace_back());
      diff_srcs_.emplace_back(srcs_.back().size(), NAN);
    }
    shapes_ = parameters(reference_.op, reference_.srcs);
    for (const ParameterShape& shape : shapes_) {
      Values values = sound(test::uniforms(element_count(shape.dims), parameters_.size() + 9));
      if (shape.role == Role::variance)
        for (float& x : values) x = std::abs(x);
      parameters_.emplace_back(values.begin(), values.end());
      floats_.push_back(std::move(values));
    }
    LayerParameters tensors;
    for (std::size_t p = 0; p < shapes_.size(); ++p) tensors[shapes_[p].role] = floats_[p];
    layer_->set_parameters(tensors);
  }

  void bind(bool training) {
    dst_.assign(static_cast<std::size_t>(layer_->dst().floats()), NAN);
    diff_dst_ = dst_;
    Binding binding{.src = srcs_[0].data(), .dst = dst_.data()};
    if (training) {
      binding.diff_src = diff_srcs_[0].data();
      binding.diff_dst = diff_dst_.data();
    }
    for (std::size_t i = 1; i < srcs_.size(); ++i)
      others_.push_back({srcs_[i].data(), training ? diff_srcs_[i].data() : nullptr});
    binding.others = others_;
    bound_ = layer_->bind(binding);
  }

  Doubles numeric(Doubles& by, const Doubles& weights) {
    const Doubles centre = by;
    const auto value = [&](const Doubles& x) {
      by = x;
      return reference_.forward(plain_, parameters_);
    };
    Doubles gradient = test::numeric_gradient(value, centre, weights);
    by = centre;
    return gradient;
  }

  static void expect_near(const Values& actual, const Doubles& expected) {
    ASSERT_EQ(actual.size(), expected.size());
    for (std::size_t i = 0; i < actual.size(); ++i)
      ASSERT_NEAR(actual[i], expected[i], kTolerance * std::max(1.0, std::abs(expected[i]))) << i;
  }

  const ReferenceOp& reference_;
  ProgramOptions options_;
  DraftStep step_;
  std::unique_ptr<Layer> layer_;
  std::vector<ParameterShape> shapes_;
  std::vector<Doubles> plain_, parameters_;
  std::vector<Values> floats_;
  std::vector<AlignedVector<float>> srcs_, diff_srcs_;
  AlignedVector<float> dst_, diff_dst_;
  std::vector<Binding::Source> others_;
  std::unique_ptr<BoundLayer> bound_;
};

TEST(Ops, AreThoseOfTheirDefinitions) {
  for (const Domain domain : {Domain::onednn, Domain::lanes})
    for (const std::int64_t images : {1, 3, 9}) {
      const std::vector<ReferenceOp> all = cases(images);
      for (std::size_t i = 0; i < all.size(); ++i) {
        SCOPED_TRACE(testing::Message() << to_string(domain) << ", " << images << " images, case "
                                        << i << " (op " << all[i].op.index() << ")");
        if (!has_layer(all[i].op, domain, all[i].srcs.front(), all[i].dst(), Purpose::training))
          continue;
        OneLayer(all[i], domain, Purpose::inference).expect_definition();
        OneLayer training(all[i], domain, Purpose::training);
        training.expect_definition();
        if (images < 9) training.expect_gradients();
      }
    }
}

}  // namespace
}  // namespace karnin
