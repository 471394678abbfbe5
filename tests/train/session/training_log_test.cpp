#include "train/session/training_log.h"

#include <gmock/gmock.h>

#include "runtime/core/error.h"
#include "tests/support/error_message.h"

namespace karnin {
namespace {

EpochRecord record(std::int64_t epoch, double loss, double accuracy) {
  EpochRecord record;
  record.epoch = epoch;
  record.loss = loss;
  record.accuracy = accuracy;
  record.learning_rate = 0.001;
  record.images_per_second = 1234;
  return record;
}

/// Of a run that was interrupted in its second epoch.
TrainingLog pruned_log() {
  TrainingLog log{record(1, 1.5, 0.25), record(2, 0.75, 0.5)};
  log[0].sparsity = 0.125;
  return log;
}

TEST(TrainingLog, IsALineAnEpochWithoutSpeeds) {
  EXPECT_EQ(to_csv({record(1, 2.30258509, 0.1), record(2, 1.0 / 3, 2.0 / 3)}),
            "epoch,loss,accuracy,learning_rate\n"
            "1,2.302585,0.100000,0.001\n"
            "2,0.333333,0.666667,0.001\n");
  EXPECT_EQ(to_csv({}), "epoch,loss,accuracy,learning_rate\n");
}

TEST(TrainingLog, HasTheColumnsOfItsFirstEpoch) {
  EXPECT_EQ(to_csv(pruned_log()),
            "epoch,loss,accuracy,learning_rate,sparsity\n"
            "1,1.500000,0.250000,0.001,0.125000\n"
            "2,0.750000,0.500000,0.001,\n");
}

TEST(TrainingLog, IsReadBackFromItsCsv) {
  const TrainingLog log = log_from_csv(to_csv(pruned_log()), "train.csv");
  ASSERT_EQ(log.size(), 2U);
  EXPECT_EQ(log[1].epoch, 2);
  EXPECT_EQ(log[1].loss, 0.75);
  EXPECT_EQ(log[0].sparsity, 0.125);
  EXPECT_EQ(log[1].sparsity, std::nullopt);
  EXPECT_EQ(log[0].validation_accuracy, std::nullopt);
  EXPECT_EQ(to_csv(log), to_csv(pruned_log()));
}

TEST(TrainingLog, SaysWhichCellIsNoNumber) {
  const auto read = [] { log_from_csv("epoch,loss\n1,0.5\n2,half\n", "train.csv"); };
  EXPECT_THAT(test::error_message<FileError>(read),
              testing::AllOf(testing::HasSubstr("train.csv"),
                             testing::HasSubstr("epoch 2: expected a number as loss, got 'half'")));
}

TEST(TrainingLog, GivesJsonWhatAnEpochHas) {
  const nlohmann::ordered_json json = to_json(pruned_log());
  EXPECT_EQ(json[0].dump(), R"({"epoch":1,"loss":1.5,"accuracy":0.25,"learning_rate":0.001,)"
                            R"("images_per_second":1234.0,"sparsity":0.125})");
  EXPECT_FALSE(json[1].contains("sparsity"));
}

}  // namespace
}  // namespace karnin
