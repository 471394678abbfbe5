// Engines that are given a plan, and so run no race.
#include <gmock/gmock.h>

#include "runtime/engine/engine.h"
#include "tests/support/error_message.h"
#include "tests/support/golden.h"
#include "tests/support/pruned_model.h"

namespace karnin {
namespace {

using test::error_message;
using test::golden_images;
using test::golden_model;
using test::prune_matrices;

TEST(GivenPlan, RunsAgainAsBefore) {
  Model model = golden_model();
  prune_matrices(model, 0.9);
  for (const int threads : {1, 2}) {
    const EngineOptions options{.batch = 5, .threads = threads};
    Engine raced(model, options);
    EngineOptions kept = options;
    kept.plan = raced.plan();
    Engine again(model, kept);
    EXPECT_EQ(again.plan().domain, raced.plan().domain);
    const std::vector<float> images = golden_images(3);
    std::vector<float> first(images.size() / (3 * 32 * 32) * 10), second(first.size());
    raced.run(images, first);
    again.run(images, second);
    EXPECT_EQ(first, second);
  }
}

TEST(GivenPlan, IsRefusedWhereItIsForSomethingElse) {
  const EngineOptions options{.batch = 4, .threads = 1, .race = false};
  const Plan plan = Engine(golden_model(), options).plan();
  const auto refuses = [&](auto change, const std::string& reason) {
    EngineOptions changed = options;
    changed.plan = plan;
    change(*changed.plan);
    EXPECT_THAT(error_message<ArgumentError>([&] { Engine(golden_model(), changed); }),
                testing::HasSubstr(reason));
  };
  refuses([](Plan& p) { p.images = 0; }, "shards of 1 to 4 images, got shards of 0");
  refuses([](Plan& p) { p.images = 5; }, "got shards of 5");
  refuses([](Plan& p) { p.sharers = 2; }, "expected 1 threads a shard, got 2");
  refuses([](Plan& p) { p.kernels.pop_back(); }, "a kernel for each fully connected layer");
  refuses([](Plan& p) { p.kernels[1].layer = "fc9"; }, "a kernel for each fully connected layer");
  refuses([](Plan& p) { p.domain = Domains(std::vector(99, Domain::onednn)); }, "one for each of");
}

}  // namespace
}  // namespace karnin
