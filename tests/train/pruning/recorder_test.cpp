#include "train/pruning/recorder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <thread>
#include <vector>

#include "runtime/core/counter_rng.h"
#include "tests/support/recording.h"

namespace karnin {
namespace {

constexpr double kFloatUlp = 0x1p-23;

/// A score, and the sum of the magnitudes that it was added up from: what its rounding scales with.
struct Expected {
  double score = 0;
  double magnitude = 0;
  void add(double term, double size) { score += term, magnitude += size; }
};

/// The formulas of recorder.h read off the whole history of one weight, in double.
std::vector<Expected> reference(const Recording& run, std::size_t p, std::size_t i) {
  Expected movement, karnin, sgd, epoch_sgd, epoch_gradient, pseudocode;
  const double w_i = run.initial.parameters[p].value.data()[i];
  const double w_f = run.model.parameters[p].value.data()[i];
  double w = w_i;
  for (const std::vector<Step>& epoch : run.epochs) {
    if (epoch.empty()) continue;
    double rates = 0, gradients = 0, gradient_sizes = 0;
    for (const Step& step : epoch) {
      const double g = step.gradient[p][i], dw = step.delta[p][i];
      karnin.add(-g * dw, std::abs(g * dw));
      if (step.rate != 0) sgd.add(dw * dw / step.rate, dw * dw / step.rate);
      rates += step.rate, gradients += g, gradient_sizes += std::abs(g);
    }
    const auto steps = static_cast<double>(epoch.size());
    const double rate = rates / steps;
    const double dw = epoch.back().weights[p][i] - w;
    movement.add(-gradients * (w + dw / 2), gradient_sizes * (std::abs(w) + std::abs(dw)));
    w += dw;
    epoch_gradient.add(-gradients / steps * dw, std::abs(gradient_sizes / steps * dw));
    if (rate != 0) epoch_sgd.add(dw * dw / rate, dw * dw / rate);
    const double denominator = rate * (w - w_i);
    const double quotient = denominator == 0 ? 0 : w / denominator;
    pseudocode.add(dw * dw + quotient, dw * dw + std::abs(quotient));
  }
  const double ratio = w_f == w_i ? 0 : w_f / (w_f - w_i);
  const double change = w_f - w_i, damped = change * change + 0.001;
  std::vector<Expected> all{karnin, sgd, epoch_sgd, epoch_gradient, pseudocode, karnin, movement};
  for (std::size_t m = 0; m < 4; ++m) all[m].score *= ratio, all[m].magnitude *= std::abs(ratio);
  all[5].score /= damped, all[5].magnitude /= damped;
  all.push_back({std::abs(change), std::abs(change)});
  return all;
}

/// Blocks of 256 float additions and a rounded product or rate: 260 half-ulps of the magnitudes.
void expect_reference(const Recording& run) {
  const std::vector<Sensitivity> all = run.recorder.sensitivities(run.model);
  ASSERT_EQ(all.size(), kSensitivityMethods.size());
  for (std::size_t p = 0; p < run.model.parameters.size(); ++p)
    for (std::int64_t i = 0; i < run.model.parameters[p].value.size(); ++i) {
      const std::vector<Expected> expected = reference(run, p, i);
      for (std::size_t m = 0; m < all.size(); ++m)
        EXPECT_NEAR(all[m].values[p].data()[i], expected[m].score,
                    130 * kFloatUlp * expected[m].magnitude)
            << all[m].method << " of weight " << i << " of parameter " << p;
    }
}

float noise(CounterRng& rng) { return static_cast<float>(2 * rng.uniform() - 1); }

Model random_model(std::uint64_t seed) {
  Model model = tiny_model();
  CounterRng rng(seed);
  for (Parameter& parameter : model.parameters)
    for (float& w : parameter.value.span()) w = noise(rng);
  return model;
}

/// Gradients and steps that have nothing to do with each other, at changing rates.
void random_step(Recording& run, CounterRng& rng) {
  const auto draw = [&](float size) {
    return filled(run.model, [&](std::size_t, std::size_t) { return size * noise(rng); });
  };
  const std::vector<std::vector<float>> gradient = draw(1);
  run.step(gradient, draw(0.01F), 0.01 * (1 + rng.uniform()));
}

TEST(Recorder, NamesAllInShape) {
  Recording run(tiny_model());
  const std::vector<Sensitivity> all = run.recorder.sensitivities(run.model);
  ASSERT_EQ(all.size(), kSensitivityMethods.size());
  for (std::size_t m = 0; m < all.size(); ++m) {
    EXPECT_EQ(all[m].method, kSensitivityMethods[m]);
    for (std::size_t p = 0; p < 2; ++p) {
      EXPECT_EQ(all[m].values[p].dims(), run.model.parameters[p].value.dims());
      EXPECT_THAT(all[m].values[p].span(), testing::Each(0.0F));
    }
  }
  run.model.sensitivities = all;
  EXPECT_NO_THROW(validate(run.model));
}

TEST(Recorder, IsTheReferenceAtEveryPointOfARun) {
  Recording run(random_model(1));
  CounterRng rng(2);
  for (int epoch = 0; epoch < 3; ++epoch) {
    for (int step = 0; step < 7; ++step) {
      random_step(run, rng);
      expect_reference(run);  // an epoch cut short here
    }
    run.end_epoch();
    expect_reference(run);
  }
}

// A constant addend is the worst case for a plain float sum: every addition rounds the same way.
TEST(Recorder, ManyTinyStepsLoseNoBits) {
  Recording run(random_model(3));
  for (int step = 0; step < 20'000; ++step) {
    const auto gradient =
        filled(run.model, [](std::size_t p, std::size_t i) { return 0.1F + 0.07F * (p + i); });
    const auto delta = filled(run.model, [](std::size_t p, std::size_t i) {
      return 1e-5F * (1.0F + 0.13F * (p + 2 * i));
    });
    run.step(gradient, delta, 1e-4);
    if (step % 6'000 == 5'999) run.end_epoch();
  }
  expect_reference(run);
}

TEST(Recorder, LookingChangesNothing) {
  Recording watched(random_model(4));
  Recording alone(random_model(4));
  CounterRng rng_a(5), rng_b(5);
  for (int step = 0; step < 600; ++step) {
    random_step(watched, rng_a);
    random_step(alone, rng_b);
    if (step % 100 == 50) watched.end_epoch(), alone.end_epoch();
    if (step % 7 == 0) {
      EXPECT_EQ(watched.recorder.sensitivities(watched.model),
                watched.recorder.sensitivities(watched.model));
    }
  }
  EXPECT_EQ(watched.recorder.sensitivities(watched.model),
            alone.recorder.sensitivities(alone.model));
}

TEST(Recorder, StartForgets) {
  Recording run(random_model(6));
  CounterRng rng(7);
  for (int step = 0; step < 300; ++step) random_step(run, rng);
  run.end_epoch();
  random_step(run, rng);
  run.recorder.on_start(run.model);
  run.initial = run.model;
  run.epochs = {{}};
  EXPECT_EQ(run.recorder.loss_drop(), 0);
  for (int step = 0; step < 5; ++step) random_step(run, rng);
  expect_reference(run);
}

// Weight 0 never moves, weight 1 comes back to where it began, weight 2 ends at 0.
TEST(Recorder, ZeroDenominatorsGiveZero) {
  Model start = tiny_model();
  std::ranges::fill(start.parameters[0].value.span(), 0.5F);
  Recording run(start);
  const auto ones = filled(run.model, [](std::size_t, std::size_t) { return 1.0F; });
  const auto towards = [&](float sign) {
    return filled(run.model, [&](std::size_t p, std::size_t i) {
      if (p == 1 || i == 0) return 0.0F;
      return i == 1 ? sign * 0.25F : -0.25F;
    });
  };
  run.step(ones, towards(1), 0.5);
  run.end_epoch();
  run.step(ones, towards(-1), 0.5);
  run.end_epoch();
  const std::vector<Sensitivity> all = run.recorder.sensitivities(run.model);
  for (std::size_t m = 0; m < 4; ++m)
    EXPECT_THAT(std::vector<float>(all[m].values[0].data(), all[m].values[0].data() + 3),
                testing::Each(0.0F))
        << all[m].method;
  EXPECT_EQ(all[4].values[0].data()[0], 0.0F);
  // 0.25^2 + 0.75 / (0.5 * 0.25), then 0.25^2 and no quotient.
  EXPECT_EQ(all[4].values[0].data()[1], 0.0625F + 6.0F + 0.0625F);
}

TEST(Recorder, RateZeroIsAZeroDenominatorToo) {
  Recording run(random_model(8));
  const auto ones = filled(run.model, [](std::size_t, std::size_t) { return 1.0F; });
  run.step(ones, filled(run.model, [](std::size_t, std::size_t) { return 0.125F; }), 0);
  expect_reference(run);
  run.end_epoch();
  expect_reference(run);
  for (const Sensitivity& s : run.recorder.sensitivities(run.model))
    for (const float value : s.values[0].span()) EXPECT_TRUE(std::isfinite(value)) << s.method;
}

TEST(Recorder, AVanishingRateGivesFiniteNumbers) {
  Recording run(tiny_model());
  run.step({{1, 0, -1, 2, 0, 1}, {1, 0}}, {{1, 0, 1, -1, 0, 2}, {0, 1}}, 1e-45);
  run.end_epoch();
  for (const Sensitivity& s : run.recorder.sensitivities(run.model))
    for (const Tensor& values : s.values)
      for (const float value : values.span()) EXPECT_TRUE(std::isfinite(value)) << s.method;
}

TEST(Recorder, RangesMayComeFromSeveralThreadsInAnyCut) {
  const Model start = make_model(make_chain("wide", {64, 1, 1}, {{"fc1", FullyConnected{33}}}));
  Recording whole(start);
  SensitivityRecorder cut;
  cut.on_start(start);
  CounterRng rng(9);
  for (int step = 0; step < 300; ++step) {
    random_step(whole, rng);
    const Step& last = whole.epochs.back().back();
    const auto worker = [&](std::int64_t index) {
      for (std::size_t p = 0; p < 2; ++p) {
        const auto size = static_cast<std::int64_t>(last.gradient[p].size());
        for (std::int64_t begin = index * 5; begin < size; begin += 15) {
          const auto at = static_cast<std::size_t>(begin);
          const auto count = static_cast<std::size_t>(std::min<std::int64_t>(5, size - begin));
          cut.on_update({p, begin, std::span(last.gradient[p]).subspan(at, count),
                         std::span(last.delta[p]).subspan(at, count), last.rate});
        }
      }
    };
    std::vector<std::thread> threads;
    for (std::int64_t index = 0; index < 3; ++index) threads.emplace_back(worker, index);
    for (std::thread& thread : threads) thread.join();
    cut.on_step_end({1, 1, last.rate});
  }
  whole.recorder.on_epoch_end(whole.model);
  cut.on_epoch_end(whole.model);
  EXPECT_EQ(cut.sensitivities(whole.model), whole.recorder.sensitivities(whole.model));
  EXPECT_EQ(cut.loss_drop(), whole.recorder.loss_drop());
}

}  // namespace
}  // namespace karnin
