// doctor --self-test, and what it says of a machine whose kernels are wrong.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "cli/console/exit_code.h"
#include "cli/verbs/self_test_report.h"
#include "runtime/core/error.h"
#include "tests/cli/workspace.h"
#include "tests/support/error_message.h"

namespace karnin::test {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

TEST(SelfTest, ThisMachineIsRightAtEveryLevel) {
  const Workspace workspace;
  for (const Isa isa : supported_isas()) {
    ProcessOptions options = workspace.options();
    options.environment["KARNIN_CPU_ISA"] = to_string(isa);
    const ProcessResult plain =
        Process(workspace.command({"doctor", "--self-test"}), options).wait();
    EXPECT_EQ(plain.status, 0) << plain.err;
    EXPECT_THAT(plain.out,
                AllOf(HasSubstr("kernel (" + std::string(to_string(isa)) + ")"),
                      ContainsRegex("fc_lanes_backward_kept +right\n"), Not(HasSubstr("WRONG"))));
    const ProcessResult json =
        Process(workspace.command({"doctor", "--self-test", "--json"}), options).wait();
    const auto report = nlohmann::json::parse(json.out)["self_test"];
    EXPECT_EQ(report["isa"], to_string(isa));
    EXPECT_EQ(report["right"], true);
    EXPECT_GT(report["kernels"].size(), 40U);
  }
  EXPECT_FALSE(workspace.run_json({"doctor"}).contains("self_test"));
}

const std::vector<KernelVerdict> kWrong{
    {"relu", ""}, {"fc_lanes_backward_kept", "number 3 of 40 is 1 and not 2"}, {"sum_lanes", "x"}};

TEST(SelfTest, AWrongKernelIsNamedWithItsLevel) {
  const auto fail = [](Isa isa) {
    return error_message<Error>([isa] { cli::expect_right(isa, kWrong); });
  };
  EXPECT_THAT(fail(Isa::avx512), AllOf(HasSubstr("level avx512"), Not(HasSubstr("relu")),
                                       HasSubstr("fc_lanes_backward_kept, sum_lanes"),
                                       HasSubstr("KARNIN_CPU_ISA=scalar")));
  EXPECT_THAT(fail(Isa::scalar), Not(HasSubstr("KARNIN_CPU_ISA")));
  EXPECT_EQ(cli::exit_code_of(Error("")), cli::ExitCode::failed);
  EXPECT_NO_THROW(cli::expect_right(Isa::avx2, {{"relu", ""}}));
}

TEST(SelfTest, ReportsTellTheWrongFromTheRight) {
  EXPECT_EQ(cli::to_table(Isa::avx2, kWrong),
            "kernel (avx2)           against the scalar level\n"
            "relu                    right\n"
            "fc_lanes_backward_kept  WRONG: number 3 of 40 is 1 and not 2\n"
            "sum_lanes               WRONG: x\n");
  const auto report = cli::to_json(Isa::avx2, kWrong);
  EXPECT_EQ(report["right"], false);
  EXPECT_EQ(report["kernels"][0]["right"], true);
  EXPECT_EQ(report["kernels"][1]["error"], kWrong[1].error);
}

}  // namespace
}  // namespace karnin::test
