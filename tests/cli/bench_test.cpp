#include <gmock/gmock.h>

#include "tests/cli/workspace.h"

namespace karnin {
namespace {

using Words = std::vector<std::string>;

Words quick(Words arguments) {
  arguments.insert(arguments.begin(), {"bench", "--seconds", "0", "--threads", "1"});
  return arguments;
}

TEST(Bench, MeasuresEveryCombination) {
  const test::Workspace workspace;
  const nlohmann::json report = workspace.run_json(
      quick({"--fc", "64x32,40x10", "--sparsity", "0,0.9", "--batch", "1,16,40"}));
  EXPECT_EQ(report["machine"]["threads"], 1);
  ASSERT_EQ(report["rows"].size(), 12U);
  for (const nlohmann::json& row : report["rows"]) {
    EXPECT_NEAR(row["speedup"], row["dense_ns"].get<double>() / row["sparse_ns"].get<double>(),
                1e-9);
    EXPECT_EQ(row["sparse_ns"], row["kernels_ns"][row["kernel"].get<std::string>()]);
    const double work =
        2e-9 * row["in"].get<double>() * row["out"].get<double>() * row["batch"].get<double>();
    EXPECT_NEAR(row["gflops_dense_equivalent"], work / row["sparse_ns"].get<double>() * 1e9, 1e-6);
  }
  EXPECT_EQ(report["rows"][11]["in"], 40);
  EXPECT_NEAR(report["rows"][11]["sparsity"], 0.9, 0.1);
}

TEST(Bench, AllWeightsMayBeGone) {
  const test::Workspace workspace;
  const nlohmann::json report =
      workspace.run_json(quick({"--fc", "16x8", "--sparsity", "1", "--batch", "4"}));
  EXPECT_EQ(report["rows"][0]["sparsity"], 1.0);
}

TEST(Bench, TakesTheLayersOfAModel) {
  const test::Workspace workspace;
  workspace.train("run", {"--epochs", "1"});
  const std::string model = workspace.path("run/pruned.bin").string();
  const nlohmann::json report = workspace.run_json(
      quick({"--model", model, "--fc-layers", "--batch", "8", "--kernel", "sparse-lanes"}));
  ASSERT_EQ(report["rows"].size(), 3U);
  EXPECT_EQ(report["rows"][0]["layer"], "fc1");
  EXPECT_EQ(report["rows"][0]["kernel"], "sparse-lanes");
}

TEST(Bench, TimesAWholeNetwork) {
  const test::Workspace workspace;
  workspace.train("run", {"--epochs", "1"});
  const std::string model = workspace.path("run/pruned.bin").string();
  const nlohmann::json report = workspace.run_json(quick({"--model", model, "--batch", "1,3"}));
  ASSERT_EQ(report["rows"].size(), 2U);
  for (const nlohmann::json& row : report["rows"]) {
    EXPECT_GT(row["median_us"], 0);
    EXPECT_GE(row["p99_us"], row["median_us"]);
    EXPECT_NEAR(row["images_per_second"].get<double>() * row["median_us"].get<double>(),
                1e6 * row["batch"].get<double>(), 1);
    double share = 0;
    std::int64_t macs = 0;
    for (const nlohmann::json& layer : row["layers"]) {
      share += layer["share"].get<double>();
      macs += layer["macs"].get<std::int64_t>();
    }
    EXPECT_NEAR(share, 1, 1e-9);
    EXPECT_EQ(macs, 10 * 3 * 25 * 784 + 16 * 10 * 25 * 100 + 48'000 + 10'080 + 840);
  }
  const std::string text = workspace.run(quick({"--model", model, "--batch", "2"})).out;
  EXPECT_THAT(text, testing::HasSubstr("conv1"));
}

TEST(Bench, SetsWeightsToZeroForTheTimingsSake) {
  const test::Workspace workspace;
  workspace.train("run", {"--epochs", "1"});
  const nlohmann::json rows =
      workspace.run_json(quick({"--model", workspace.path("run/model.bin").string(), "--batch", "2",
                                "--sparsity", "0,0.9"}))["rows"];
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_NEAR(rows[0]["sparsity"], 0, 1e-3);
  EXPECT_NEAR(rows[1]["sparsity"], 0.9, 0.02);
}

TEST(Bench, KeepsAPlanThatRunsAgainWithoutARace) {
  const test::Workspace workspace;
  workspace.train("run", {"--epochs", "1"});
  const std::string model = workspace.path("run/pruned.bin").string();
  const std::string plan = workspace.path("plan.json").string();
  const Words timed = quick({"--model", model, "--batch", "1,16"});
  const auto with = [&](Words words, const Words& more) {
    words.insert(words.end(), more.begin(), more.end());
    return words;
  };
  const nlohmann::json won = workspace.run_json(with(timed, {"--save-plan", plan}))["rows"];
  const nlohmann::json again = workspace.run_json(with(timed, {"--plan", plan}))["rows"];
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_FALSE(won[i]["plan"]["timings"].empty());
    EXPECT_TRUE(again[i]["plan"]["timings"].empty());
    EXPECT_EQ(again[i]["plan"]["domains"], won[i]["plan"]["domains"]);
    for (std::size_t k = 0; k < won[i]["layers"].size(); ++k)
      EXPECT_EQ(again[i]["layers"][k]["kernel"], won[i]["layers"][k]["kernel"]);
  }
  EXPECT_EQ(workspace.run(with(timed, {"--save-plan", plan})).status, 2);
  EXPECT_EQ(workspace.run(with(timed, {"--save-plan", plan, "--overwrite"})).status, 0);

  const auto before = test::bytes_of(model);
  const test::ProcessResult own = workspace.run(with(timed, {"--save-plan", model, "--overwrite"}));
  EXPECT_EQ(own.status, 2);
  EXPECT_THAT(own.err, testing::HasSubstr("--save-plan"));
  EXPECT_EQ(test::bytes_of(model), before);

  const auto eval = [&](const std::string& batch) {
    return workspace.run({"eval", "--model", model, "--data", workspace.data(), "--threads", "1",
                          "--batch", batch, "--plan", plan});
  };
  EXPECT_EQ(eval("16").status, 0);
  const test::ProcessResult other_batch = eval("17");
  EXPECT_EQ(other_batch.status, 2);
  EXPECT_THAT(other_batch.err, testing::HasSubstr("got batch 1 on 1, batch 16 on 1"));
}

TEST(Bench, RejectsWhatItCannotMeasure) {
  const test::Workspace workspace;
  for (const Words& wrong : {Words{"--fc", "400"},
                             {"--fc", "400x"},
                             {"--fc", "x3"},
                             {"--fc", "4x3,"},
                             {"--fc", "0x3"},
                             {"--fc", "99999999x3"},
                             {"--sparsity", "1.5"},
                             {"--batch", "0"},
                             {"--batch", "1.5"},
                             {"--batch", "1e300"},
                             {"--fc-layers"},
                             {"--cold", "--model", "net.onnx"},
                             {"--save-plan", "plan.json"},
                             {"--plan", "plan.json", "--model", "net.onnx", "--fc-layers"},
                             {"--kernel", "fast"}}) {
    const test::ProcessResult result = workspace.run(quick(wrong));
    EXPECT_EQ(result.status, 2) << wrong[1];
    EXPECT_THAT(result.err, testing::HasSubstr(wrong[0] == "--kernel" ? "fast" : wrong[0]));
    EXPECT_EQ(result.out, "");
  }
}

TEST(Bench, SaysHowSeveralShapesAreGiven) {
  const test::Workspace workspace;
  for (const std::string text : {",", "4x3,", "4x3,,5x6"})
    EXPECT_THAT(workspace.run(quick({"--fc", text})).err,
                testing::AllOf(testing::HasSubstr("expected INxOUT, with commas between several"),
                               testing::EndsWith("got '" + text + "'\n")));
}

}  // namespace
}  // namespace karnin
