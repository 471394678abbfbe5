// One pruning of a model file, without the program.
#include "train/session/prune_run.h"

#include <gmock/gmock.h>

#include "formats/model/model_file.h"
#include "tests/support/error_message.h"
#include "tests/support/temporary_directory.h"
#include "tests/support/trained_network.h"

namespace karnin {
namespace {

using testing::HasSubstr;

class PruneRunTest : public testing::Test {
 protected:
  PruneRunTest() {
    write_model(directory_ / "model.bin", test::trained_network());
    options_.model = (directory_ / "model.bin").string();
    options_.out = directory_ / "pruned.bin";
    pruning_.layers = {"fc1"};
    pruning_.until = Sparsity{0.5};
  }

  static Dataset dataset() {
    Dataset dataset;
    dataset.name = "squares";
    dataset.train = test::bright_squares(test::kSmallExtent, test::kSmallClasses, 100, 9);
    dataset.test = test::bright_squares(test::kSmallExtent, test::kSmallClasses, 50, 10);
    return dataset;
  }

  /// With two epochs of training on.
  PruneResult tuned(const Watcher& watcher) {
    PruneRun run(options_, watcher);
    run.prune(pruning_, dataset());
    TrainOptions tuning;
    tuning.threads = 2;
    run.finish(tuning);
    run.test(2);
    return run.result();
  }

  test::TemporaryDirectory directory_;
  PruneRunOptions options_;
  PruneOptions pruning_;
};

TEST_F(PruneRunTest, LeavesWhatPruneLeaves) {
  PruneRun run(options_, {});
  run.prune(pruning_, std::nullopt);
  TrainOptions none;
  none.epochs = 0;
  run.finish(none);
  Model expected = test::trained_network();
  prune(expected, pruning_);
  const Model pruned = read_model(directory_ / "pruned.bin");
  ASSERT_EQ(pruned.parameters.size(), expected.parameters.size());
  for (std::size_t i = 0; i < pruned.parameters.size(); ++i)
    EXPECT_EQ(pruned.parameters[i].mask, expected.parameters[i].mask);
  EXPECT_TRUE(pruned.sensitivities.empty());
  EXPECT_EQ(run.result().accuracy, std::nullopt) << "without a data set";
  EXPECT_LT(run.result().bytes_after, run.result().bytes_before);
}

TEST_F(PruneRunTest, TrainsOnAndTests) {
  const PruneResult result = tuned({});
  EXPECT_FALSE(result.interrupted);
  EXPECT_GT(*result.accuracy, 0.5);
  EXPECT_THAT(read_model(options_.out).provenance, HasSubstr(R"("verb":"fine-tune")"));
}

TEST_F(PruneRunTest, AnInterruptionLeavesWhatWasPruned) {
  options_.values.max_accuracy_drop = 1;  // a search that is not begun then
  Watcher watcher;
  watcher.stop = [] { return true; };
  const PruneResult result = tuned(watcher);
  EXPECT_TRUE(result.interrupted);
  EXPECT_EQ(result.accuracy, std::nullopt);
  EXPECT_EQ(result.values.images, 0);
  EXPECT_THAT(read_model(options_.out).provenance, HasSubstr(R"("interrupted_in_epoch":1)"));
}

TEST_F(PruneRunTest, DoesNotTakeSensitivitiesFromTheirOnlyFile) {
  options_.out = options_.model;
  options_.overwrite = true;
  EXPECT_THAT(test::error_message<ArgumentError>([&] { PruneRun(options_, {}); }),
              HasSubstr("would lose its sensitivities"));
  options_.keep_sensitivities = true;
  EXPECT_NO_THROW(PruneRun(options_, {}));
}

}  // namespace
}  // namespace karnin
