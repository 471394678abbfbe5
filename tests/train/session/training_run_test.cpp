// A whole run without the program: who watches it may end it at any step, and what goes on from
// there ends in the same bytes.
#include "train/session/training_run.h"

#include <gmock/gmock.h>

#include "tests/support/error_message.h"
#include "tests/support/squares_training.h"
#include "tests/support/temporary_directory.h"

namespace karnin {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsSupersetOf;
using testing::Not;
using testing::UnorderedElementsAre;

constexpr std::int64_t kEpochs = 4;

Dataset squares_dataset() {
  Dataset dataset;
  dataset.name = "squares";
  for (char c = 'a'; c < 'a' + test::kSquareClasses; ++c) dataset.classes.emplace_back(1, c);
  dataset.train = test::squares(200);
  dataset.test = test::squares(80);
  return dataset;
}

/// With all that has a state: the order of images, a rate that changes, momentum, masks that grow
/// and shrink, an average, the best epoch. 10 steps an epoch: a fifth is held out.
RunOptions run_options(const std::filesystem::path& out) {
  RunOptions options;
  options.out = out;
  options.arch = "small";
  options.train = test::squares_options(16, 0.05);
  options.train.epochs = kEpochs;
  options.train.sgd.momentum = 0.9;
  options.train.augmentation = {.flip = true, .shift = 2};
  options.train.schedule.kind = ScheduleKind::one_cycle;
  TrainingPruning& pruning = options.rules.pruning.emplace();
  pruning.choice.method = PruneMethod::magnitude;
  pruning.choice.until = Sparsity{0.7};
  pruning.choice.layers = {"fc1"};
  pruning.schedule = {.pace = PruningPace::gradual, .begin = 0.1, .end = 0.6};
  pruning.growth = Growth::gradient;
  options.rules.average = 0.9;
  options.watch.validation = 0.2;
  options.watch.early_stop = kEpochs;
  options.watch.checkpoint_every = {.count = 7, .epochs = false};
  return options;
}

RunResult run(const RunOptions& options, const Watcher& watcher = {}) {
  FoundRun found;
  if (options.watch.resume) found = find_run(options.out);
  TrainingRun run(options, std::move(found), {test::squares_model(), "small", ""},
                  squares_dataset(), watcher);
  run.complete();
  return run.result();
}

RunResult resume(RunOptions options, const Watcher& watcher = {}) {
  options.watch.resume = true;
  return run(options, watcher);
}

/// Ends a run after so many steps: it is asked once a step.
Watcher stopping_after(int steps) {
  Watcher watcher;
  watcher.stop = [steps, asked = 0]() mutable { return ++asked >= steps; };
  return watcher;
}

class TrainingRunTest : public testing::Test {
 protected:
  static void expect_same_files(const std::filesystem::path& out,
                                const std::filesystem::path& expected) {
    for (const char* name : {"model.bin", "pruned.bin", "train.csv"})
      EXPECT_EQ(test::read_bytes(out / name), test::read_bytes(expected / name)) << name;
  }

  test::TemporaryDirectory directory_;
};

TEST_F(TrainingRunTest, InterruptedAnywhereAndResumedItEndsInTheSameBytes) {
  run(run_options(directory_ / "straight"));
  // In the first step, between checkpoints, at the end of an epoch, in front of the last step.
  for (const int steps : {1, 5, 10, 17, 39}) {
    const auto out = directory_ / ("stopped-" + std::to_string(steps));
    EXPECT_TRUE(run(run_options(out), stopping_after(steps)).interrupted) << steps;
    EXPECT_TRUE(std::filesystem::exists(out / "checkpoint.bin"));
    EXPECT_FALSE(resume(run_options(out)).interrupted);
    EXPECT_FALSE(std::filesystem::exists(out / "checkpoint.bin"));
    expect_same_files(out, directory_ / "straight");
  }
}

TEST_F(TrainingRunTest, InterruptedAgainAndAgainItEndsInTheSameBytes) {
  const RunResult straight = run(run_options(directory_ / "straight"));
  const auto out = directory_ / "often";
  RunResult often = run(run_options(out), stopping_after(3));
  for (int i = 0; often.interrupted && i < 20; ++i)
    often = resume(run_options(out), stopping_after(3));
  EXPECT_FALSE(often.interrupted);
  EXPECT_EQ(often.accuracy, straight.accuracy);
  EXPECT_EQ(often.best_epoch, straight.best_epoch);
  expect_same_files(out, directory_ / "straight");
}

TEST_F(TrainingRunTest, WhatFailsAfterTheLastStepIsGoneOnWith) {
  run(run_options(directory_ / "straight"));
  const auto out = directory_ / "failed";
  RunOptions options = run_options(out);
  options.watch.checkpoint_every.count = 0;
  Watcher failing;
  failing.line = [](double fraction, const std::string&) {
    if (fraction == 1) throw std::bad_alloc();
  };
  EXPECT_THROW(run(options, failing), std::bad_alloc);
  ASSERT_TRUE(std::filesystem::exists(out / "checkpoint.bin"));
  resume(options);
  expect_same_files(out, directory_ / "straight");
}

TEST_F(TrainingRunTest, WhatIsInterruptedIsSavedAndNotTested) {
  const auto out = directory_ / "out";
  const RunResult result = run(run_options(out), stopping_after(15));
  EXPECT_EQ(result.log.size(), 2U);
  EXPECT_EQ(result.accuracy, std::nullopt);
  EXPECT_THAT(directory_.entries(),
              UnorderedElementsAre("out", "out/arguments.json", "out/checkpoint.bin",
                                   "out/model.bin", "out/pruned.bin", "out/train.csv"));
  EXPECT_FALSE(find_finished_run(out));
}

TEST_F(TrainingRunTest, AFinishedRunStaysAsItIs) {
  const auto out = directory_ / "out";
  const RunResult first = run(run_options(out));
  const auto written = std::filesystem::last_write_time(out / "model.bin");
  std::vector<std::string> words;
  Watcher watcher;
  watcher.word = [&](const std::string& text) { words.push_back(text); };
  const RunResult again = resume(run_options(out), watcher);
  EXPECT_THAT(words, ElementsAre(HasSubstr("is over: nothing is left to do")));
  EXPECT_EQ(std::filesystem::last_write_time(out / "model.bin"), written);
  EXPECT_EQ(again.accuracy, first.accuracy);
  EXPECT_EQ(again.pruned_accuracy, first.pruned_accuracy);
  EXPECT_EQ(again.best_epoch, first.best_epoch);
  EXPECT_EQ(to_csv(again.log), to_csv(first.log));
}

TEST_F(TrainingRunTest, AnotherRunIsNeitherGoneOnWithNorReplaced) {
  const auto out = directory_ / "out";
  run(run_options(out), stopping_after(5));
  const auto before = test::read_bytes(out / "checkpoint.bin");
  RunOptions other = run_options(out);
  other.train.sgd.momentum = 0.8;
  EXPECT_THAT(test::error_message<ArgumentError>([&] { resume(other); }),
              HasSubstr("momentum was 0.9, is 0.8"));
  EXPECT_THAT(test::error_message<ArgumentError>([&] { run(other); }), HasSubstr("--overwrite"));
  EXPECT_THROW(require_free_directory(other), ArgumentError);
  EXPECT_EQ(test::read_bytes(out / "checkpoint.bin"), before);
}

TEST_F(TrainingRunTest, TellsWhoWatchesHowFarItIs) {
  std::vector<std::string> words, lines;
  std::vector<double> fractions;
  Watcher watcher;
  watcher.word = [&](const std::string& text) { words.push_back(text); };
  watcher.line = [&](double, const std::string& text) { lines.push_back(text); };
  watcher.progress = [&](double fraction, const Watcher::Words& what) {
    fractions.push_back(fraction);
    EXPECT_THAT(what(), HasSubstr("loss"));
  };
  run(run_options(directory_ / "out"), watcher);
  EXPECT_THAT(words, ElementsAre("training small on squares: 160 images"));
  EXPECT_THAT(lines, ElementsAre(HasSubstr("epoch 1/4: loss"), HasSubstr("epoch 2/4: loss"),
                                 HasSubstr("epoch 3/4: loss"), HasSubstr("epoch 4/4: loss")));
  EXPECT_THAT(lines, Each(HasSubstr("validation accuracy")));
  EXPECT_EQ(fractions.size(), 4U * 9U) << "the last step of an epoch is told by its line";
  EXPECT_TRUE(std::ranges::is_sorted(fractions));
  EXPECT_GT(fractions.front(), 0);
  EXPECT_LT(fractions.back(), 1);
}

}  // namespace
}  // namespace karnin
