#include "tests/support/random_model.h"

#include <cmath>
#include <utility>

namespace karnin::test {
namespace {

int below(std::mt19937& rng, unsigned bound) { return static_cast<int>(rng() % bound); }

Op random_layer(std::mt19937& rng) {
  switch (below(rng, 5)) {
    case 0:
      return Conv2d{
          1 + below(rng, 5), 1 + below(rng, 3), 1 + below(rng, 3), 1 + below(rng, 2), 1, 0, 0};
    case 1:
      return Pool2d{below(rng, 2) == 0 ? PoolKind::max : PoolKind::average, 2, 2, 1, 1, 1, 0};
    case 2:
      return Relu{};
    case 3:
      return Dropout{0.1F * static_cast<float>(below(rng, 9))};
    default:
      return FullyConnected{1 + below(rng, 40)};
  }
}

Graph random_architecture(std::mt19937& rng) {
  const std::string number = std::to_string(below(rng, 100));
  Graph net = make_graph("net \"" + number + "\" \xC3\xA4", {1 + below(rng, 3), 12, 12});
  const int layers = below(rng, 4);
  bool flat = false;  // nothing but FC and elementwise layers fits after an FC layer
  for (int i = 0; i < layers; ++i) {
    Op spec = random_layer(rng);
    if (flat && (std::holds_alternative<Conv2d>(spec) || std::holds_alternative<Pool2d>(spec)))
      spec = Relu{};
    flat = flat || std::holds_alternative<FullyConnected>(spec);
    append(net, "layer" + std::to_string(i), spec);
  }
  append(net, "last", FullyConnected{10});
  return net;
}

void fill(std::span<float> values, std::mt19937& rng) {
  std::normal_distribution<float> normal;
  for (float& value : values) value = below(rng, 20) == 0 ? -0.0F : normal(rng);
}

void add_sensitivity(Model& model, std::string method, std::mt19937& rng) {
  Sensitivity sensitivity{std::move(method), {}};
  for (const Parameter& parameter : model.parameters)
    fill(sensitivity.values.emplace_back(parameter.value.dims()).span(), rng);
  model.sensitivities.push_back(std::move(sensitivity));
}

/// Small integers and fractions: the same on every machine.
void fill_simply(Model& model) {
  for (Parameter& parameter : model.parameters)
    for (std::int64_t i = 0; i < parameter.value.size(); ++i)
      parameter.value.data()[i] = static_cast<float>(i % 17 - 8) * 0.375F;
}

/// Masks a parameter: keeps the weights whose index `keep` accepts.
void keep_where(Parameter& parameter, bool (*keep)(std::int64_t)) {
  parameter.mask.assign(static_cast<std::size_t>(parameter.value.size()), 0);
  for (std::int64_t i = 0; i < parameter.value.size(); ++i) {
    parameter.mask[static_cast<std::size_t>(i)] = keep(i) ? 1 : 0;
    if (!keep(i)) parameter.value.data()[i] = 0.0F;
  }
}

}  // namespace

void prune_randomly(Parameter& parameter, double density, std::mt19937& rng) {
  parameter.mask.assign(static_cast<std::size_t>(parameter.value.size()), 1);
  for (std::size_t i = 0; i < parameter.mask.size(); ++i) {
    if (std::generate_canonical<double, 32>(rng) < density) continue;
    parameter.mask[i] = 0;
    parameter.value.data()[i] = 0.0F;
  }
}

Model random_model(std::uint32_t seed) {
  std::mt19937 rng(seed);
  Model model = make_model(random_architecture(rng));
  constexpr double kDensities[] = {0.0, 0.002, 0.02, 0.1, 0.5, 1.0};
  for (Parameter& parameter : model.parameters) {
    if (below(rng, 8) != 0) fill(parameter.value.span(), rng);  // else all zero
    if (below(rng, 2) == 0) prune_randomly(parameter, kDensities[below(rng, 6)], rng);
  }
  fill(model.preprocess.mean, rng);
  for (float& std : model.preprocess.std) std = 0.01F + 0.1F * static_cast<float>(below(rng, 9));
  if (below(rng, 2) == 0) model.classes.assign(10, "class \xE2\x82\xAC");
  if (below(rng, 2) == 0) model.provenance = R"({ "seed" : )" + std::to_string(seed) + " }";
  if (below(rng, 2) == 0) add_sensitivity(model, "karnin", rng);
  if (below(rng, 2) == 0) add_sensitivity(model, "a-second", rng);
  return model;
}

Model tiny_model() {
  Model model = make_model(make_chain("tiny", {1, 3, 3},
                                      {{"conv", Conv2d{2, 2, 2}},
                                       {"pool", Pool2d{PoolKind::average, 2, 2, 1, 1}},
                                       {"relu", Relu{}},
                                       {"drop", Dropout{0.25F}},
                                       {"fc", FullyConnected{3}}}));
  fill_simply(model);
  keep_where(model.parameters[0], [](std::int64_t i) { return i % 3 == 1; });
  keep_where(model.parameters[1], [](std::int64_t) { return false; });
  model.preprocess = {{0.4734F}, {0.2516F}};
  model.classes = {"a", "b", "\xC3\xA7"};
  model.provenance = R"({"seed":1})";
  Sensitivity sensitivity{"karnin", {}};
  for (const Parameter& parameter : model.parameters) {
    Tensor values(parameter.value.dims());
    for (std::int64_t i = 0; i < values.size(); ++i)
      values.data()[i] = 0.5F - 0.25F * static_cast<float>(i);
    sensitivity.values.push_back(std::move(values));
  }
  model.sensitivities.push_back(std::move(sensitivity));
  return model;
}

Model wide_model() {
  Model model = make_model(make_chain(
      "wide", {3, 10, 10},
      {{"fc1", FullyConnected{240}}, {"fc2", FullyConnected{30}}, {"fc3", FullyConnected{10}}}));
  fill_simply(model);
  keep_where(model.parameters[0], [](std::int64_t i) { return i < 300 || i == 71'999; });
  keep_where(model.parameters[1], [](std::int64_t i) { return i % 2 == 1; });
  keep_where(model.parameters[2], [](std::int64_t i) { return i < 6000 && i % 20 == 3; });
  model.parameters[2].mask[7000] = 1;
  keep_where(model.parameters[3], [](std::int64_t i) { return i % 3 == 0; });
  keep_where(model.parameters[4], [](std::int64_t i) { return i % 30 == 29; });
  return model;
}

Model packed_model() {
  Model model = make_model(make_chain("packed", {2, 5, 5},
                                      {{"codebook", FullyConnected{24}},
                                       {"integers", FullyConnected{20}},
                                       {"halves", FullyConnected{30}},
                                       {"floats", FullyConnected{12}}}));
  std::mt19937 rng(5);
  std::normal_distribution<float> normal;
  const auto fill_with = [&](std::size_t p, const auto& value) {
    for (float& weight : model.parameters[p].value.span()) weight = value();
  };
  fill_with(0, [&] { return static_cast<float>(rng() % 5) * 0.1F - 0.2F; });
  fill_with(2, [&] { return static_cast<float>(rng() % 255) - 127.0F; });
  fill_with(4, [&] { return std::ldexp(std::nearbyint(normal(rng) * 1024), -10); });
  fill_with(6, [&] { return normal(rng); });
  fill_with(7, [&] { return normal(rng); });
  const double densities[] = {0.6, 0.5, 0.02};
  for (std::size_t i = 0; i < 3; ++i) prune_randomly(model.parameters[2 * i], densities[i], rng);
  for (std::size_t i = 0; i < 24 * 50; ++i) {  // only every fourth input is used
    model.parameters[0].mask[i] &= i % 50 % 4 == 0 ? 1 : 0;
    if (i % 50 % 4 != 0) model.parameters[0].value.data()[i] = 0;
  }
  return model;
}

Model large_model() {
  Model model = make_model(make_chain("large", {1, 1, 144},
                                      {{"codebook", FullyConnected{128}},
                                       {"integers", FullyConnected{128}},
                                       {"floats", FullyConnected{160}}}));
  std::mt19937 rng(6);
  for (float& weight : model.parameters[0].value.span()) weight = rng() % 2 == 0 ? 0.25F : -0.1F;
  prune_randomly(model.parameters[0], 0.95, rng);
  float* const integers = model.parameters[2].value.data();
  for (int i = 0; i < 128 * 128; ++i)
    integers[i] = static_cast<float>(below(rng, 3) - 1) * static_cast<float>(301 + i / 128) + 0.0F;
  for (float& weight : model.parameters[4].value.span()) {
    // Powers of 2, few of them unlike the rest. One draw after the other: the order in which a call
    // works out its arguments is the compiler's.
    const int exponent = below(rng, 25) == 0 ? below(rng, 200) - 100 : 0;
    weight = std::ldexp(rng() % 2 == 0 ? 1.0F : -1.0F, exponent);
  }
  keep_where(model.parameters[4],
             [](std::int64_t i) { return i / 128 % 2 == 0 || i * 2654435761 % 1000 < 750; });
  return model;
}

}  // namespace karnin::test
