// An engine for a network with several outputs.
#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "runtime/engine/engine.h"
#include "tests/support/detector.h"
#include "tests/support/error_message.h"
#include "tests/support/fill.h"
#include "tests/support/isa_level.h"
#include "tests/support/reference_network.h"

namespace karnin {
namespace {

using test::Values;

constexpr std::int64_t kImages = 21;

Model detector_model() {
  Model model = make_model(test::detector());
  const std::vector<ParameterSpec> specs = parameter_specs(model.graph);
  for (std::size_t p = 0; p < specs.size(); ++p) {
    const Values values = test::uniforms(model.parameters[p].value.size(), p + 20);
    for (std::size_t i = 0; i < values.size(); ++i)
      model.parameters[p].value.data()[i] =
          specs[p].role == Role::variance ? 1 + 0.5F * values[i] : 0.5F * values[i];
  }
  return model;
}

Values images() { return test::uniforms(kImages * input_extent(test::detector()).size(), 3); }

/// Room for each output.
struct Room {
  Room(const Engine& engine, std::int64_t count) {
    for (const Output& output : engine.outputs())
      values.emplace_back(static_cast<std::size_t>(count * output.extent.size()));
    for (Values& each : values) spans.emplace_back(each);
  }
  std::vector<Values> values;
  std::vector<std::span<float>> spans;
};

std::vector<Values> answers_of(const Model& model, const EngineOptions& options) {
  Engine engine(model, options);
  Room room(engine, kImages);
  engine.run(images(), room.spans);
  return room.values;
}

std::vector<Values> expected_outputs(const Model& model) {
  std::vector<Values> parameters, outputs;
  for (const Parameter& parameter : model.parameters)
    parameters.emplace_back(parameter.value.span().begin(), parameter.value.span().end());
  test::ReferenceNetwork reference(model.graph, kImages, parameters);
  reference.forward(images());
  for (std::size_t k = 0; k < model.graph.outputs.size(); ++k)
    outputs.push_back(reference.output(k));
  return outputs;
}

void expect_near(const std::vector<Values>& actual, const std::vector<Values>& expected) {
  ASSERT_EQ(actual.size(), expected.size());
  for (std::size_t k = 0; k < expected.size(); ++k) {
    float largest = 1;
    for (const float x : expected[k]) largest = std::max(largest, std::abs(x));
    ASSERT_EQ(actual[k].size(), expected[k].size());
    for (std::size_t i = 0; i < expected[k].size(); ++i)
      ASSERT_NEAR(actual[k][i], expected[k][i], 1e-5F * largest) << "output " << k << ", " << i;
  }
}

TEST(EngineOutputs, AreThoseOfTheReferencesInEveryDomain) {
  const Model model = detector_model();
  const std::vector<Values> expected = expected_outputs(model);
  for (const std::int64_t batch : {1, 5, 64}) {
    for (const Domain domain : kAllDomains) {
      SCOPED_TRACE(std::string(to_string(domain)) + ", batch " + std::to_string(batch));
      const EngineOptions options{.batch = batch, .threads = 1, .race = false, .domain = domain};
      const std::vector<Values> outputs = answers_of(model, options);
      expect_near(outputs, expected);
      EngineOptions threads = options;
      threads.threads = 3;
      EXPECT_EQ(answers_of(model, threads), outputs);
    }
    expect_near(answers_of(model, {.batch = batch, .threads = 2}), expected);  // after a race
  }
}

TEST(EngineOutputs, NameWhatComesOut) {
  const Engine engine(detector_model(), {.race = false});
  EXPECT_THAT(engine.outputs(), testing::ElementsAreArray(outputs_of(test::detector())));
  EXPECT_THROW(engine.classes(), ShapeError);
}

TEST(EngineOutputs, WantRoomForEach) {
  Engine engine(detector_model(), {.batch = 4, .race = false});
  Room room(engine, kImages);
  const auto refusal = [&](const std::vector<std::span<float>>& spans) {
    return test::error_message<ArgumentError>([&] { engine.run(images(), spans); });
  };
  std::vector<std::span<float>> spans = room.spans;
  spans[1] = spans[1].first(7);
  EXPECT_EQ(refusal(spans), "engine: expected room for 6048 values of 'scores', got 7");
  spans.pop_back();
  EXPECT_THAT(refusal(spans), testing::HasSubstr("for each of 7 outputs"));
  EXPECT_THAT(test::error_message<ShapeError>([&] { engine.run(images(), room.values[0]); }),
              testing::StartsWith("network 'detector': expected one output, got 7, 'boxes'"));
}

/// An output that nobody would look at behind the first one.
TEST(EngineOutputs, AreAllFinite) {
  for (const char* layer : {"class2", "fc"}) {
    Model model = detector_model();
    for (Parameter& parameter : model.parameters)
      if (parameter.name == std::string(layer) + ".bias")
        parameter.value.data()[1] = std::numeric_limits<float>::quiet_NaN();
    for (const Domain domain : kAllDomains)
      EXPECT_THAT(test::error_message<NonFiniteError>(
                      [&] { answers_of(model, {.batch = 8, .race = false, .domain = domain}); }),
                  testing::HasSubstr("expected finite outputs, got the first infinity or NaN in "
                                     "the output of " +
                                     std::string(layer)));
  }
}

}  // namespace
}  // namespace karnin
