#include "runtime/engine/crew.h"

#include <gmock/gmock.h>
#include <oneapi/tbb/global_control.h>

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include "runtime/engine/engine.h"
#include "tests/support/golden.h"
#include "tests/support/thread_count.h"

namespace karnin {
namespace {

using test::golden_images;
using test::golden_model;

std::vector<float> run(Engine& engine, std::span<const float> images) {
  std::vector<float> logits(images.size() / (3 * 32 * 32) * 10);
  engine.run(images, logits);
  return logits;
}

// First of all tests: later ones start TBB's threads.
TEST(Crew, OfOneTakesNoOtherThread) {
  const Model model = golden_model();
  Engine one(model, {.batch = 16, .threads = 1}), two(model, {.batch = 1, .threads = 1});
  const auto images = golden_images(0);
  const auto first = run(one, images), second = run(two, images);
  std::jthread([&] { EXPECT_EQ(run(two, images), second); });
  EXPECT_EQ(test::thread_count(), 1);
}

/// Lets arenas be wider than the machine.
class WideArenas : public ::testing::Test {
  oneapi::tbb::global_control limit_{oneapi::tbb::global_control::max_allowed_parallelism, 8};
};

TEST_F(WideArenas, GiveEveryWorkerOneThreadAtATime) {
  oneapi::tbb::task_arena arena(3);
  arena.execute([] {
    Crew crew(kCallersArena);
    ASSERT_EQ(crew.workers(), 3);
    std::vector<std::atomic<int>> at_work(3), done(100);
    crew.for_each(100, [&](std::int64_t i, int worker) {
      EXPECT_EQ(at_work[static_cast<std::size_t>(worker)]++, 0);
      ++done[static_cast<std::size_t>(i)];
      --at_work[static_cast<std::size_t>(worker)];
    });
    for (const std::atomic<int>& times : done) EXPECT_EQ(times, 1);
  });
}

/// Work that is enqueued while the engine runs brings in a second thread, which takes shards.
TEST_F(WideArenas, OfOneHaveRoomForTheThreadOfEnqueuedWork) {
  const Model model = golden_model();
  const auto few = golden_images(1);
  std::vector<float> images;
  for (int i = 0; i < 125; ++i) images.insert(images.end(), few.begin(), few.end());
  Engine engine(model, {.batch = 64, .threads = kCallersArena, .race = false});
  const auto expected = run(engine, images);
  for (int round = 0; round < 5; ++round) {
    oneapi::tbb::task_arena arena(1);
    std::atomic<bool> running = false;
    const std::jthread other([&] {
      while (!running) std::this_thread::yield();
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
      arena.enqueue([] {});
    });
    arena.execute([&] {
      Engine inside(engine);
      running = true;
      EXPECT_EQ(run(inside, images), expected);
    });
  }
}

TEST(Crew, GivesTheSameBitsWhicheverItIs) {
  const Model model = golden_model();
  const auto images = golden_images(1);
  Engine alone(model, {.batch = 4, .threads = 1, .race = false});
  const auto expected = run(alone, images);
  for (const int threads : {0, 3, kCallersArena}) {
    Engine engine(model, {.batch = 4, .threads = threads, .race = false});
    EXPECT_EQ(run(engine, images), expected) << threads << " threads";
  }
}

TEST_F(WideArenas, MakeRoomInAnEngineOfTheirs) {
  const Model model = golden_model();
  const auto images = golden_images(1);
  oneapi::tbb::task_arena narrow(1), wide(4);
  Engine engine(model, {.batch = 1, .threads = kCallersArena, .race = false});
  const auto first = narrow.execute([&] { return run(engine, images); });
  EXPECT_EQ(wide.execute([&] { return run(engine, images); }), first);
}

TEST(EngineCopy, RunsBesideTheOriginalAndOutlivesIt) {
  auto original =
      std::make_unique<Engine>(golden_model(), EngineOptions{.threads = 1, .race = false});
  const auto images = golden_images(2);
  const auto expected = run(*original, images);
  std::vector<Engine> copies(4, *original);
  original.reset();
  std::vector<std::jthread> threads;
  for (Engine& copy : copies)
    threads.emplace_back([&] {
      for (int i = 0; i < 10; ++i) EXPECT_EQ(run(copy, images), expected);
    });
}

TEST(EngineCopy, HasAProfileOfItsOwn) {
  Engine original(golden_model(), {.threads = 1, .race = false});
  Engine copy(original);
  copy.set_profiling(true);
  run(copy, golden_images(0));
  EXPECT_GT(copy.profile().front().microseconds, 0);
  EXPECT_EQ(original.profile().front().microseconds, 0);
}

}  // namespace
}  // namespace karnin
