// What is done to every number by itself, the sums over shards, and the loss.
#include <limits>

#include "runtime/self_test/check.h"

namespace karnin::self_test {
namespace {

using kernels::Table;

/// Less than a vector, and remainders behind vectors and behind several at once.
constexpr std::int64_t kCounts[] = {1, 7, 33, 70};

void relu(const Table& table, Results& results) {
  for (const std::int64_t count : kCounts) {
    Output x(integers(count, 1));
    table.relu(count, x.data());
    results.add(x);
  }
}

void relu_backward(const Table& table, Results& results) {
  for (const std::int64_t count : kCounts) {
    Output diff(integers(count, 1));
    table.relu_backward(count, integers(count, 2).data(), diff.data());
    results.add(diff);
  }
}

void u8_to_f32(const Table& table, Results& results) {
  for (const std::int64_t count : kCounts) {
    std::vector<std::uint8_t> src(static_cast<std::size_t>(count));
    for (std::size_t i = 0; i < src.size(); ++i) src[i] = static_cast<std::uint8_t>(255 - i * 7);
    Output dst(count);
    table.u8_to_f32(count, src.data(), 2.0F / 255.0F, -1.0F, dst.data());
    results.add(dst);
  }
}

void tree_sum(const Table& table, Results& results) {
  for (const std::int64_t count : kCounts)
    for (const std::int64_t parts : {1, 2, 3, 7}) {
      const Values data = integers(parts * count, 1);
      std::vector<const float*> src;
      for (std::int64_t part = 0; part < parts; ++part) src.push_back(data.data() + part * count);
      Output dst(count);
      table.tree_sum(count, parts, src.data(), dst.data());
      results.add(dst);
    }
}

void apply_mask(const Table& table, Results& results) {
  for (const std::int64_t count : kCounts) {
    Output x(integers(count, 1));
    table.apply_mask(count, thinned(count, 2).data(), x.data());
    results.add(x);
  }
}

void sgd_update(const Table& table, Results& results) {
  for (const std::int64_t count : kCounts)
    for (const bool nesterov : {false, true})
      for (const bool masked : {false, true}) {
        const Values gradient = integers(count, 1), mask = thinned(count, 2);
        Output weights(integers(count, 3)), velocity(integers(count, 4)), delta(count);
        table.sgd_update(count, {0.25F, 0.5F, 0.125F, nesterov}, gradient.data(),
                         masked ? mask.data() : nullptr, weights.data(), velocity.data(),
                         delta.data());
        for (const Output* output : {&weights, &velocity, &delta}) results.add(*output);
      }
}

void accumulate_sensitivity(const Table& table, Results& results) {
  for (const std::int64_t count : kCounts) {
    Output sum_g_dw(integers(count, 1)), sum_dw2(integers(count, 2)), sum_g(integers(count, 3));
    table.accumulate_sensitivity(count, integers(count, 4).data(), integers(count, 5).data(), 20.0F,
                                 sum_g_dw.data(), sum_dw2.data(), sum_g.data());
    for (const Output* output : {&sum_g_dw, &sum_dw2, &sum_g}) results.add(*output);
  }
}

constexpr std::int64_t kMostRows = 3;

/// Of integers x - max is exact. To p = exp(x - max) / sum, exp adds 2 units in the last place, the
/// sum as much, the quotient and the product 1/2 each, the difference from 1 another 1/2; to the
/// loss of a row the sum 2. Both levels may be off by that, in either direction.
constexpr float kSoftmaxTolerance = 2 * 5.5F * kMostRows * std::numeric_limits<float>::epsilon();

void softmax_cross_entropy(const Table& table, Results& results) {
  for (const std::int64_t classes : {1, 3, 10, 37})
    for (std::int64_t rows = 1; rows <= kMostRows; ++rows) {
      std::vector<std::uint8_t> labels(static_cast<std::size_t>(rows));
      for (std::size_t i = 0; i < labels.size(); ++i)
        labels[i] = static_cast<std::uint8_t>(static_cast<std::int64_t>(i * 5) % classes);
      Output diff(rows * classes);
      double loss = 0;
      std::int64_t correct = 0;
      table.softmax_cross_entropy(rows, classes, integers(rows * classes, 1).data(), labels.data(),
                                  1.0F, diff.data(), &loss, &correct);
      results.add(diff);
      results.add(static_cast<float>(loss));
      results.add(static_cast<float>(correct));
    }
}

}  // namespace

std::vector<Check> training_checks() {
  return {{"relu", relu},
          {"relu_backward", relu_backward},
          {"u8_to_f32", u8_to_f32},
          {"tree_sum", tree_sum},
          {"apply_mask", apply_mask},
          {"sgd_update", sgd_update},
          {"accumulate_sensitivity", accumulate_sensitivity},
          {"softmax_cross_entropy", softmax_cross_entropy, kSoftmaxTolerance}};
}

}  // namespace karnin::self_test
