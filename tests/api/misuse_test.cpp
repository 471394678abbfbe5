// Whatever a caller does wrong gives a status, and a message that says what.
#include <gmock/gmock.h>

#include <array>
#include <cmath>
#include <cstring>
#include <limits>

#include "tests/api/model_file.h"

namespace karnin {
namespace {

using ::testing::HasSubstr;
using ::testing::StrEq;

class Misuse : public ::testing::Test {
 protected:
  static void expect_failure(karnin_status actual, karnin_status expected, const char* words) {
    EXPECT_EQ(actual, expected);
    EXPECT_THAT(karnin_message(), HasSubstr(words));
  }

  karnin_status run_floats(std::size_t in, std::size_t out) {
    std::vector<float> images(in), answers(out);
    return test::run(session_.get(), images, answers);
  }

  test::ModelPointer model_ = test::golden_file();
  test::EnginePointer engine_ = test::engine_of(model_.get());
  test::SessionPointer session_ = test::session_of(engine_.get());
};

TEST_F(Misuse, OfNullIsTold) {
  karnin_model* model = nullptr;
  karnin_engine* engine = nullptr;
  karnin_session* session = nullptr;
  karnin_value value{};
  expect_failure(karnin_load(nullptr, &model), KARNIN_BAD_ARGUMENT, "path: expected an address");
  expect_failure(karnin_load("x", nullptr), KARNIN_BAD_ARGUMENT, "model: ");
  expect_failure(karnin_load_memory(nullptr, 9, &model), KARNIN_BAD_ARGUMENT, "bytes: ");
  expect_failure(karnin_save(nullptr, "x"), KARNIN_BAD_ARGUMENT, "model: ");
  expect_failure(karnin_save(model_.get(), nullptr), KARNIN_BAD_ARGUMENT, "path: ");
  expect_failure(karnin_prune(nullptr, nullptr, &model), KARNIN_BAD_ARGUMENT, "model: ");
  expect_failure(karnin_engine_open(nullptr, nullptr, &engine), KARNIN_BAD_ARGUMENT, "model: ");
  expect_failure(karnin_engine_open(model_.get(), nullptr, nullptr), KARNIN_BAD_ARGUMENT, "engine");
  expect_failure(karnin_session_open(nullptr, &session), KARNIN_BAD_ARGUMENT, "engine: ");
  expect_failure(karnin_input_at(nullptr, 0, &value), KARNIN_BAD_ARGUMENT, "model: ");
  expect_failure(karnin_output_at(model_.get(), 0, nullptr), KARNIN_BAD_ARGUMENT, "value: ");
  expect_failure(karnin_profile(nullptr, nullptr, nullptr), KARNIN_BAD_ARGUMENT, "session: ");
  EXPECT_EQ(karnin_input_count(nullptr) + karnin_output_count(nullptr), 0U);
  EXPECT_THAT(karnin_session_message(nullptr), StrEq(""));
  karnin_model_close(nullptr);
  karnin_engine_close(nullptr);
  karnin_session_close(nullptr);
}

TEST_F(Misuse, OfBuffersIsToldBeforeAnythingRuns) {
  float values[test::kImage + test::kAnswers] = {};
  const karnin_input input{values, test::kImage};
  const karnin_output output{values + test::kImage, test::kAnswers};
  karnin_session* session = session_.get();
  expect_failure(karnin_run(session, nullptr, 1, &output, 1), KARNIN_BAD_ARGUMENT, "inputs: ");
  expect_failure(karnin_run(session, &input, 1, nullptr, 1), KARNIN_BAD_ARGUMENT, "outputs: ");
  expect_failure(karnin_run(session, &input, 2, &output, 1), KARNIN_BAD_ARGUMENT, "expected 1");
  expect_failure(karnin_run(session, &input, 1, &output, 0), KARNIN_BAD_ARGUMENT, "expected 1");
  const karnin_input nothing{nullptr, test::kImage};
  expect_failure(karnin_run(session, &nothing, 1, &output, 1), KARNIN_BAD_ARGUMENT, "NULL");
  const karnin_output overlapping{values + test::kImage - 1, test::kAnswers};
  expect_failure(karnin_run(session, &input, 1, &overlapping, 1), KARNIN_BAD_ARGUMENT, "overlap");
  EXPECT_THAT(karnin_session_message(session), StrEq(karnin_message()));
  EXPECT_EQ(karnin_run(session, &input, 1, &output, 1), KARNIN_OK);
}

TEST_F(Misuse, OfShapesNamesBothSizes) {
  expect_failure(run_floats(test::kImage - 1, test::kAnswers), KARNIN_BAD_SHAPE,
                 "expected a multiple of 3072 (3x32x32), got 3071");
  expect_failure(run_floats(2 * test::kImage, test::kAnswers), KARNIN_BAD_SHAPE,
                 "outputs[0].floats: expected 20 (2 x 10x1x1 of 'fc3'), got 10");
  EXPECT_EQ(run_floats(0, 0), KARNIN_OK);
}

TEST_F(Misuse, OfOptionsIsTold) {
  const auto open = [&](karnin_engine_options options) {
    karnin_engine* engine = nullptr;
    const karnin_status status = karnin_engine_open(model_.get(), &options, &engine);
    EXPECT_EQ(engine, nullptr);
    return status;
  };
  const std::size_t size = sizeof(karnin_engine_options);
  expect_failure(open({0, 1, 1, 0}), KARNIN_BAD_ARGUMENT, "struct_size: expected");
  expect_failure(open({size - 1, 1, 1, 0}), KARNIN_BAD_ARGUMENT, "struct_size: expected");
  expect_failure(open({SIZE_MAX, 1, 1, 0}), KARNIN_BAD_ARGUMENT, "struct_size: expected");
  expect_failure(open({size, 0, 1, 0}), KARNIN_BAD_ARGUMENT, "batch: expected 1 to");
  expect_failure(open({size, 1, -2, 0}), KARNIN_BAD_ARGUMENT, "threads: expected");
  expect_failure(open({size, 1, 1, 2}), KARNIN_BAD_ARGUMENT, "race: expected 0 or 1");
}

TEST_F(Misuse, OfNewerOptionsIsToldUnlessTheyAreZero) {
  struct Newer {
    karnin_engine_options known{sizeof(Newer), 1, 1, 0};
    std::int64_t unknown = 0;
  };
  karnin_engine* engine = nullptr;
  Newer newer;
  ASSERT_EQ(karnin_engine_open(model_.get(), &newer.known, &engine), KARNIN_OK);
  karnin_engine_close(engine);
  newer.unknown = 1;
  expect_failure(karnin_engine_open(model_.get(), &newer.known, &engine), KARNIN_BAD_ARGUMENT,
                 "newer than this library");
}

TEST_F(Misuse, OfPruningIsTold) {
  const auto prune = [&](const char* method, double sparsity, const char* layer = "fc1") {
    const karnin_prune_options options{sizeof(options), method, sparsity, 0, 1,
                                       &layer,          1,      nullptr,  0, 1};
    karnin_model* pruned = model_.get();
    const karnin_status status = karnin_prune(model_.get(), &options, &pruned);
    EXPECT_EQ(pruned, nullptr);
    return status;
  };
  expect_failure(prune("best", 0.5), KARNIN_BAD_ARGUMENT, "best");
  expect_failure(prune(nullptr, 0.5), KARNIN_BAD_ARGUMENT, "method: ");
  expect_failure(prune("taylor", 0.5), KARNIN_BAD_ARGUMENT, "needs no labels");
  expect_failure(prune("obs", 0.5), KARNIN_BAD_ARGUMENT, "images: expected some");
  expect_failure(prune("karnin", 0.5), KARNIN_BAD_ARGUMENT, "karnin");
  expect_failure(prune("magnitude", 1.5), KARNIN_BAD_ARGUMENT, "1.5");
  expect_failure(prune("magnitude", std::nan("")), KARNIN_BAD_ARGUMENT, "nan");
  expect_failure(prune("magnitude", 0.5, "fc9"), KARNIN_BAD_ARGUMENT, "fc9");
  expect_failure(prune("magnitude", 0.5, nullptr), KARNIN_BAD_ARGUMENT, "layers: ");
}

TEST_F(Misuse, OfImagesToPruneByIsTold) {
  const std::vector<float> images(2 * test::kImage, std::nanf(""));
  const auto prune = [&](const float* given, std::size_t floats, int threads = 1) {
    karnin_prune_options options = KARNIN_PRUNE_OPTIONS;
    options.images = given, options.floats = floats, options.num_threads = threads;
    karnin_model* pruned = model_.get();
    const karnin_status status = karnin_prune(model_.get(), &options, &pruned);
    EXPECT_EQ(pruned, nullptr);
    return status;
  };
  const float* const some = images.data();
  expect_failure(prune(nullptr, test::kImage), KARNIN_BAD_ARGUMENT, "images: expected an address");
  expect_failure(prune(some, 0), KARNIN_BAD_ARGUMENT, "at least one image");
  expect_failure(prune(some, test::kImage + 1), KARNIN_BAD_SHAPE, "expected a multiple of 3072");
  expect_failure(prune(some, test::kImage, -1), KARNIN_BAD_ARGUMENT, "threads: expected 0 (all)");
  expect_failure(prune(some, test::kImage), KARNIN_NOT_FINITE, "the images");
}

TEST_F(Misuse, OfFilesIsTold) {
  karnin_model* model = model_.get();
  expect_failure(karnin_load("/nowhere/net.bin", &model), KARNIN_BAD_FILE, "/nowhere/net.bin");
  EXPECT_EQ(model, nullptr);
  expect_failure(karnin_load("/nowhere/net.onnx", &model), KARNIN_BAD_FILE, "/nowhere/net.onnx");
  expect_failure(karnin_load_memory("", 0, &model), KARNIN_BAD_FILE, "");
  std::vector<std::uint8_t> bytes = encode_model(test::golden_model());
  bytes.resize(bytes.size() / 2);
  expect_failure(karnin_load_memory(bytes.data(), bytes.size(), &model), KARNIN_BAD_FILE, "memory");
  expect_failure(karnin_save(model_.get(), "/nowhere/net.bin"), KARNIN_CANNOT_WRITE, "/nowhere");
  karnin_value value{};
  expect_failure(karnin_output_at(model_.get(), 1, &value), KARNIN_BAD_ARGUMENT, "less than 1");
}

TEST_F(Misuse, OfNumbersIsTold) {
  std::vector<float> image(test::kImage, std::numeric_limits<float>::infinity());
  std::vector<float> answers(test::kAnswers);
  expect_failure(test::run(session_.get(), image, answers), KARNIN_NOT_FINITE, "the images");
  expect_failure(karnin_time_layers(session_.get(), 2), KARNIN_BAD_ARGUMENT, "0 or 1");
}

TEST_F(Misuse, BySilenceLeavesNoMessage) {
  EXPECT_EQ(run_floats(test::kImage, test::kAnswers), KARNIN_OK);
  EXPECT_THAT(karnin_session_message(session_.get()), StrEq(""));
}

/// Where assertions are on, what was closed is remembered.
TEST_F(Misuse, AfterClosingIsToldInDebugBuilds) {
#ifdef NDEBUG
  GTEST_SKIP() << "closed objects are known with assertions alone";
#else
  karnin_session* closed = session_.release();
  karnin_session_close(closed);
  karnin_session_close(closed);
  expect_failure(karnin_time_layers(closed, 1), KARNIN_BAD_ARGUMENT, "one that was closed");
#endif
}

}  // namespace
}  // namespace karnin
