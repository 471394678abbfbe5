// What the C ABI gives where everything is right: the engine's answers, from any number of threads.
#include <gmock/gmock.h>

#include <atomic>
#include <barrier>
#include <cstdlib>
#include <thread>

#include "runtime/engine/engine.h"
#include "tests/api/model_file.h"
#include "tests/support/allocation_meter.h"
#include "tests/support/temporary_directory.h"
#include "tests/support/thread_count.h"

namespace karnin {
namespace {

using test::golden_images;
using ::testing::StrEq;

std::vector<float> answers_of(karnin_session* session, const std::vector<float>& images) {
  std::vector<float> answers(images.size() / test::kImage * test::kAnswers);
  EXPECT_EQ(test::run(session, images, answers), KARNIN_OK) << karnin_message();
  return answers;
}

std::vector<float> answers_of(const karnin_model* model, const std::vector<float>& images) {
  return answers_of(test::session_of(test::engine_of(model).get()).get(), images);
}

std::vector<float> expected_answers(const Model& model, const std::vector<float>& images) {
  Engine engine(model, {.batch = 1, .threads = 1, .race = false});
  std::vector<float> answers(images.size() / test::kImage * test::kAnswers);
  engine.run(images, answers);
  return answers;
}

TEST(Session, GivesWhatTheEngineGives) {
  const std::vector<float> images = golden_images(0);
  EXPECT_EQ(answers_of(test::golden_file().get(), images),
            expected_answers(test::golden_model(), images));
}

TEST(Session, OutlivesModelAndEngine) {
  const std::vector<float> images = golden_images(0);
  const auto session = [] {
    const test::ModelPointer model = test::golden_file();
    return test::session_of(test::engine_of(model.get()).get());
  }();
  EXPECT_EQ(answers_of(session.get(), images), expected_answers(test::golden_model(), images));
}

/// KARNIN_RUNS says how often, in all. What is held after the first tenth doesn't grow.
TEST(Session, OfEachThreadGivesTheSameWithoutEnd) {
  const char* wanted = std::getenv("KARNIN_RUNS");
  const int runs = wanted == nullptr ? 160 : std::atoi(wanted);
  const auto model = test::golden_file();
  const auto engine = test::engine_of(model.get());
  const std::vector<float> images = golden_images(3), image(images.begin(), images.begin() + 3072);
  const std::vector<float> expected = answers_of(model.get(), image);
  std::barrier warm(8);
  std::atomic<std::size_t> held = 0;
  const auto run_often = [&] {
    const auto session = test::session_of(engine.get());
    std::vector<float> answers(expected.size());
    for (int i = 0; i < runs / 8; ++i) {
      if (i == runs / 80) {
        warm.arrive_and_wait();
        held = test::held_bytes();
        warm.arrive_and_wait();
      }
      EXPECT_EQ(test::run(session.get(), image, answers), KARNIN_OK) << karnin_message();
      EXPECT_EQ(answers, expected);
    }
    warm.arrive_and_wait();
    EXPECT_LE(test::held_bytes(), held + 4096);
    warm.arrive_and_wait();
  };
  std::vector<std::jthread> threads(8);
  for (std::jthread& thread : threads) thread = std::jthread(run_often);
}

/// Those that come too late are told so, and the one inside isn't disturbed.
TEST(Session, IsForOneThreadAtATime) {
  const auto session = test::session_of(test::engine_of(test::golden_file().get()).get());
  const std::vector<float> images = golden_images(3);
  const std::vector<float> expected = answers_of(session.get(), images);
  std::atomic<int> refused = 0;
  const auto run_often = [&] {
    std::vector<float> answers(expected.size());
    for (int round = 0; refused == 0 && round < 100'000; ++round) {
      const karnin_status status = test::run(session.get(), images, answers);
      if (status == KARNIN_BUSY) {
        EXPECT_THAT(karnin_message(), ::testing::HasSubstr("one thread at a time"));
        ++refused;
      } else {
        EXPECT_EQ(answers, expected);
      }
    }
  };
  {
    const std::jthread one(run_often), two(run_often);
  }
  EXPECT_GT(refused, 0);
}

test::EnginePointer raced_engine_of(const karnin_model* model) {
  karnin_engine* engine = nullptr;
  EXPECT_EQ(karnin_engine_open(model, nullptr, &engine), KARNIN_OK) << karnin_message();
  return test::EnginePointer(engine);
}

/// Not even while engines choose their kernels; which they do one after the other here, since a
/// sanitizer can't see how oneDNN makes its cache.
TEST(Session, OfTwoEnginesOfOneThreadNeverTakesAThird) {
  const auto model = test::golden_file();
  const std::vector<float> images = golden_images(0);
  const std::ptrdiff_t before = test::thread_count();
  const auto first = raced_engine_of(model.get()), second = raced_engine_of(model.get());
  EXPECT_LE(test::thread_count(), before);
  const auto run_often = [&](const karnin_engine* engine) {
    const auto session = test::session_of(engine);
    for (int i = 0; i < 20; ++i) {
      answers_of(session.get(), images);
      EXPECT_LE(test::thread_count(), before + 2);
    }
  };
  const std::jthread one(run_often, first.get()), two(run_often, second.get());
}

TEST(Session, AllocatesNothingInARun) {
  const auto session = test::session_of(test::engine_of(test::golden_file().get()).get());
  const std::vector<float> images = golden_images(0);
  std::vector<float> answers = answers_of(session.get(), images);
  EXPECT_EQ(test::count_allocations([&] { test::run(session.get(), images, answers); }), 0U);
}

TEST(Session, TellsWhereTimeGoes) {
  const auto session = test::session_of(test::engine_of(test::golden_file().get()).get());
  ASSERT_EQ(karnin_time_layers(session.get(), 1), KARNIN_OK);
  answers_of(session.get(), golden_images(0));
  const karnin_layer* layers = nullptr;
  std::size_t count = 0;
  ASSERT_EQ(karnin_profile(session.get(), &layers, &count), KARNIN_OK);
  std::int64_t parameters = 0;
  for (std::size_t i = 0; i < count; ++i) {
    EXPECT_GT(layers[i].microseconds, 0) << layers[i].name;
    parameters += layers[i].parameters;
  }
  EXPECT_EQ(parameters, test::golden_model().parameter_count());
  EXPECT_THAT(layers[count - 1].name, StrEq("fc3"));
}

TEST(ModelOfTheAbi, TellsWhatItIs) {
  const auto model = test::golden_file();
  karnin_value in{}, out{};
  ASSERT_EQ(karnin_input_at(model.get(), 0, &in), KARNIN_OK);
  ASSERT_EQ(karnin_output_at(model.get(), 0, &out), KARNIN_OK);
  EXPECT_THAT(in.name, StrEq("input"));
  EXPECT_EQ(in.channels * in.height * in.width, std::ssize(golden_images(0)) / 16);
  EXPECT_THAT(out.name, StrEq("fc3"));
  EXPECT_EQ(out.channels, 10);
  const float *mean = nullptr, *std = nullptr;
  ASSERT_EQ(karnin_preprocess(model.get(), &mean, &std), KARNIN_OK);
  EXPECT_EQ(std::vector(mean, mean + 3), test::golden_model().preprocess.mean);
  EXPECT_EQ(std::vector(std, std + 3), test::golden_model().preprocess.std);
}

class SavedModel : public ::testing::TestWithParam<const char*> {};

TEST_P(SavedModel, ComesBackPruned) {
  const auto model = test::golden_file();
  const karnin_prune_options options{sizeof(options), "magnitude", 0.9,     1, 1,
                                     nullptr,         0,           nullptr, 0, 1};
  karnin_model* pruned = nullptr;
  ASSERT_EQ(karnin_prune(model.get(), &options, &pruned), KARNIN_OK) << karnin_message();
  const test::ModelPointer owner(pruned);
  const test::TemporaryDirectory directory;
  const std::string path = (directory.path() / GetParam()).string();
  ASSERT_EQ(karnin_save(pruned, path.c_str()), KARNIN_OK) << karnin_message();
  karnin_model* again = nullptr;
  ASSERT_EQ(karnin_load(path.c_str(), &again), KARNIN_OK) << karnin_message();
  const test::ModelPointer loaded(again);
  std::int64_t all = 0, nonzero = 0;
  ASSERT_EQ(karnin_parameters(again, &all, &nonzero), KARNIN_OK);
  EXPECT_EQ(all - nonzero, (400 * 120 + 120 * 84) / 10 * 9);
  const std::vector<float> images = golden_images(1);
  EXPECT_EQ(answers_of(again, images), answers_of(pruned, images));
}

INSTANTIATE_TEST_SUITE_P(OfEachFormat, SavedModel, ::testing::Values("net.bin", "net.onnx"));

}  // namespace
}  // namespace karnin
