// $KARNIN_DATA where it is wrong: it is told of, whatever else is found.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "tests/cli/workspace.h"

namespace karnin {
namespace {

namespace fs = std::filesystem;

using testing::AllOf;
using testing::HasSubstr;
using Words = std::vector<std::string>;

/// The data set of the workspace is in the cache, and something else where the variable says.
class DataVariable : public test::TrainedTest {
 protected:
  static void SetUpTestSuite() {
    TrainedTest::SetUpTestSuite();
    fs::create_directories(file("cache/karnin-cpu"));
    fs::copy(workspace->data(), file("cache/karnin-cpu/cifar-10-batches-bin"));
    fs::create_directories(file("wrong"));
    std::ofstream(file("wrong/cifar-10-binary.tar.gz")) << "an archive";
  }

  static test::ProcessResult run(const Words& words, const std::string& variable) {
    test::ProcessOptions options = workspace->options();
    options.environment["KARNIN_DATA"] = variable;
    return test::Process(workspace->command(words), options).wait();
  }
  /// What is in it and what to do.
  static auto tells_of_archive() {
    return AllOf(HasSubstr("KARNIN_DATA is '" + file("wrong") + "', which holds no data set"),
                 HasSubstr("'cifar-10-binary.tar.gz' is there: unpack it"));
  }
};

TEST_F(DataVariable, IsToldOfWhereTheSetThatWasNamedIsElsewhere) {
  const Words words{"eval", "--model", file("run/model.bin"), "--data", "cifar10"};
  const test::ProcessResult told = run(words, file("wrong"));
  EXPECT_EQ(told.status, 0) << told.err;
  EXPECT_THAT(told.err, AllOf(tells_of_archive(), HasSubstr("taking " + file("cache"))));
  EXPECT_THAT(run(words, file("nowhere")).err, HasSubstr("which is no directory"));
  for (const std::string& sound : {std::string(), file("cache/karnin-cpu")})
    EXPECT_EQ(run(words, sound).err, "") << sound;
}

TEST_F(DataVariable, EndsWhatTakesWhicheverIsThere) {
  const test::ProcessResult refused = run({"train", "--out", file("none")}, file("wrong"));
  EXPECT_EQ(refused.status, 4);
  EXPECT_THAT(refused.err, tells_of_archive());
}

TEST_F(DataVariable, IsToldOfWhereAModelWasTrainedOnADirectory) {
  const Words words{"eval", "--model", file("run/model.bin")};
  const test::ProcessResult refused = run(words, file("wrong"));
  EXPECT_EQ(refused.status, 2);
  EXPECT_THAT(refused.err, AllOf(HasSubstr("--data"), tells_of_archive()));
  EXPECT_THAT(run(words, "").err, testing::Not(HasSubstr("KARNIN_DATA")));
}

TEST_F(DataVariable, IsToldOfInTheList) {
  const auto sets = nlohmann::json::parse(run({"data", "list", "--json"}, file("wrong")).out);
  EXPECT_TRUE(sets["datasets"][0]["found"]);
  EXPECT_THAT(sets["datasets"][0]["note"].get<std::string>(), tells_of_archive());
}

}  // namespace
}  // namespace karnin
