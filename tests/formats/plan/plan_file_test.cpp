#include "formats/plan/plan_file.h"

#include <gmock/gmock.h>

#include "formats/io/atomic_file.h"
#include "runtime/core/cpu_isa.h"
#include "runtime/core/error.h"
#include "runtime/graph/networks.h"
#include "tests/support/error_message.h"
#include "tests/support/temporary_directory.h"

namespace karnin {
namespace {

using test::error_message;
using testing::HasSubstr;

SavedPlan some_plan() {
  Plan plan;
  using enum Domain;
  plan.domain = Domains({planes, planes, lanes, onednn, onednn});
  plan.kernels = {{"fc1", FcKernel::sparse_gather, {{FcKernel::dense, 3.5}}},
                  {"fc2", FcKernel::onednn, {}},
                  {"fc3", FcKernel::dense, {}}};
  plan.timings = {{Domain::onednn, 12.5}};
  plan.sharers = 2;
  plan.images = 8;
  return {16, 2, plan};
}

std::string some_text() {
  std::vector<SavedPlan> plans{some_plan(), some_plan()};
  plans[1] = {1, 1, plans[1].plan};
  plans[1].plan.domain = Domain::onednn;
  plans[1].plan.images = 1;
  return plans_to_json(khanal2018(), plans);
}

std::string replaced(std::string text, std::string_view old, std::string_view by) {
  const std::size_t at = text.find(old);
  EXPECT_NE(at, std::string::npos) << old;
  return text.replace(at, old.size(), by);
}

TEST(PlanFile, KeepsDecisionsAndLeavesTimingsOut) {
  const std::vector<SavedPlan> plans = plans_from_json(some_text(), "plan.json", khanal2018());
  ASSERT_EQ(plans.size(), 2U);
  EXPECT_EQ(plans[0].batch, 16);
  EXPECT_EQ(plans[0].threads, 2);
  const Plan &plan = plans[0].plan, expected = some_plan().plan;
  EXPECT_EQ(plan.domain, expected.domain);
  EXPECT_EQ(plan.images, 8);
  EXPECT_EQ(plan.sharers, 2);
  ASSERT_EQ(plan.kernels.size(), 3U);
  for (std::size_t k = 0; k < 3; ++k) {
    EXPECT_EQ(plan.kernels[k].layer, expected.kernels[k].layer);
    EXPECT_EQ(plan.kernels[k].kernel, expected.kernels[k].kernel);
  }
  EXPECT_TRUE(plan.timings.empty());
  EXPECT_EQ(plans[1].plan.domain, Domains(Domain::onednn));
  EXPECT_EQ(plans_to_json(khanal2018(), plans), some_text());
}

TEST(PlanFile, IsOfOneNetworkAndInstructionSet) {
  const auto problem = [](const std::string& text, const Graph& graph) {
    return error_message<FileError>([&] { plans_from_json(text, "plan.json", graph); });
  };
  EXPECT_THAT(problem(some_text(), lenet_5()), HasSubstr("network: expected plans of the network"));
  const std::string isa(to_string(active_isa()));
  EXPECT_THAT(problem(replaced(some_text(), '"' + isa + '"', "\"mmx\""), khanal2018()),
              HasSubstr("isa: expected plans for " + isa + ", got mmx"));
}

TEST(PlanFile, RefusesWhatNoPlanHas) {
  const std::pair<std::string, std::string> changes[] = {
      {"\"lanes\"", "\"cpu\""},
      {"\"sparse-gather\"", "\"fast\""},
      {"\"shard\":8", "\"shard\":17"},
      {"\"shard\":8", "\"shard\":0"},
      {"\"sharers\":2", "\"sharers\":0"},
      {"\"threads\":2", "\"threads\":2000000000"},
      {"\"batch\":16", "\"batch\":1e99"},
      {"[\"planes\",\"planes\",\"lanes\",\"onednn\",\"onednn\"]", "[]"},
      {"[\"planes\",\"planes\",", "[\"planes\","},
      {"\"fc2\"", "\"fc9\""},
      {"\"karnin_plan\":1", "\"karnin_plan\":2"},
      {"\"plans\":[", "\"plans\":[3,"},
      {"\"batch\":1,\"threads\":1", "\"batch\":16,\"threads\":2"},
      {"[\"fc1\",", "[\"fc1\",\"dense\","}};
  for (const auto& [old, by] : changes)
    EXPECT_THROW(plans_from_json(replaced(some_text(), old, by), "plan.json", khanal2018()),
                 FileError)
        << old << " -> " << by;
  for (std::size_t length = 0; length + 1 < some_text().size(); ++length)
    EXPECT_THROW(plans_from_json(some_text().substr(0, length), "plan.json", khanal2018()),
                 FileError);
}

TEST(PlanFile, IsReadForABatchAndThreads) {
  const test::TemporaryDirectory directory;
  const std::filesystem::path path = directory / "plan.json";
  replace_file(path, some_text());
  const PlanFile file(path, khanal2018());
  EXPECT_EQ(file.find(16, 2).images, 8);
  EXPECT_EQ(file.find(1, 1).images, 1);
  EXPECT_THAT(
      error_message<ArgumentError>([&] { file.find(16, 1); }),
      HasSubstr("expected a plan for batch 16 on 1 threads, got batch 16 on 2, batch 1 on 1"));
}

}  // namespace
}  // namespace karnin
