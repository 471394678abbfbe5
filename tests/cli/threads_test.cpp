// How many threads there are, and where they may run, whatever OpenMP is told.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>

#include <fstream>

#include "tests/cli/workspace.h"

namespace karnin {
namespace {

using testing::HasSubstr;
using Variables = std::map<std::string, std::string>;

/// All of them bind the main thread to one CPU when libgomp is loaded.
const Variables kBindings[] = {{{"OMP_PROC_BIND", "true"}},
                               {{"OMP_PROC_BIND", "TRUE"}},
                               {{"OMP_PROC_BIND", "close"}},
                               {{"OMP_PROC_BIND", "spread"}},
                               {{"OMP_PROC_BIND", "master"}},
                               {{"OMP_PROC_BIND", "spread,close"}},
                               {{"OMP_PLACES", "cores"}},
                               {{"OMP_PLACES", "threads"}},
                               {{"OMP_PLACES", "{0}"}},
                               {{"OMP_PLACES", "{0},{1}"}},
                               {{"OMP_PLACES", "cores"}, {"OMP_PROC_BIND", "close"}},
                               {{"GOMP_CPU_AFFINITY", "0"}},
                               {{"GOMP_CPU_AFFINITY", "0 1"}}};

/// CPUs on which this thread, and what it starts, may run; put back at the end.
class Affinity {
 public:
  Affinity() { sched_getaffinity(0, sizeof own_, &own_); }
  ~Affinity() { sched_setaffinity(0, sizeof own_, &own_); }
  Affinity(const Affinity&) = delete;
  Affinity& operator=(const Affinity&) = delete;

  int count() const { return CPU_COUNT(&own_); }
  /// To another one than libgomp's first.
  void hold_to_last() const {
    int last = CPU_SETSIZE - 1;
    while (!CPU_ISSET(last, &own_)) --last;
    cpu_set_t set{};
    CPU_SET(last, &set);
    EXPECT_EQ(sched_setaffinity(0, sizeof set, &set), 0);
  }

 private:
  cpu_set_t own_{};
};

/// What /proc says of one thread's CPUs.
std::string allowed_list(const std::filesystem::path& task) {
  std::ifstream status(task / "status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("Cpus_allowed_list")) return line;
  return "";
}

/// No other of OpenMP's settings but these.
test::ProcessOptions with(const Variables& variables, const test::Workspace& workspace) {
  test::ProcessOptions options = workspace.options();
  options.environment.erase("OMP_PROC_BIND");
  options.environment.insert(variables.begin(), variables.end());
  return options;
}

test::ProcessResult run(const test::Workspace& workspace, const Variables& variables,
                        const std::vector<std::string>& arguments) {
  return test::Process(workspace.command(arguments), with(variables, workspace)).wait();
}

nlohmann::json machine(const test::Workspace& workspace, const Variables& variables,
                       std::vector<std::string> more = {}) {
  more.insert(more.begin(), {"doctor", "--json"});
  return nlohmann::json::parse(run(workspace, variables, more).out)["machine"];
}

/// The line tells how many CPUs there are for TBB, whatever libgomp has done by then.
TEST(Threads, AreNotBoundAndToldSo) {
  const test::Workspace workspace;
  const int cpus = Affinity().count();
  for (const Variables& variables : kBindings) {
    const test::ProcessResult result = run(workspace, variables, {"--version"});
    std::string names;
    for (const auto& [name, value] : variables) names += (names.empty() ? "" : "|") + name;
    const std::string told = "karnin-cpu: not following ((" + names +
                             ")(, )?)+: threads may run on all " + std::to_string(cpus) + " CPUs\n";
    EXPECT_THAT(result.err, testing::MatchesRegex(cpus > 1 ? told : ""));
    EXPECT_EQ(std::ranges::count(result.out, '\n'), 1);
  }
}

TEST(Threads, OtherSettingsOfOpenMpChangeNothing) {
  const test::Workspace workspace;
  const auto free = machine(workspace, {});
  EXPECT_EQ(free["allowed_cpus"], Affinity().count());
  for (const Variables& variables :
       {Variables{{"OMP_NUM_THREADS", "1"},
                  {"OMP_THREAD_LIMIT", "1"},
                  {"OMP_DYNAMIC", "true"},
                  {"KMP_AFFINITY", "compact"}},
        Variables{{"OMP_PLACES", "cores"}, {"OMP_PROC_BIND", "FALSE"}}}) {
    EXPECT_EQ(machine(workspace, variables), free);
    EXPECT_EQ(run(workspace, variables, {"--version"}).err, "");
  }
}

TEST(Threads, AreShownWithWhatTheirNumberComesFrom) {
  const test::Workspace workspace;
  auto expected = machine(workspace, {});
  const Variables bindings{{"OMP_PROC_BIND", "close"}, {"OMP_PLACES", "{0}"}};
  expected["refused_bindings"] = {"OMP_PROC_BIND", "OMP_PLACES"};
  EXPECT_EQ(machine(workspace, bindings), expected);
  const std::string text = run(workspace, bindings, {"doctor", "--threads", "3"}).out;
  EXPECT_THAT(text, HasSubstr("  3 (of " + expected["cpus"].dump() + " CPUs: --threads)\n"));
  EXPECT_THAT(text, HasSubstr("refused bindings  OMP_PROC_BIND, OMP_PLACES\n"));
}

TEST(Threads, StayWhereTheProcessIsHeldTo) {
  const test::Workspace workspace;
  const Affinity affinity;
  affinity.hold_to_last();
  const Variables bindings{{"OMP_PROC_BIND", "true"}, {"OMP_PLACES", "{0},{1}"}};
  const auto held = machine(workspace, bindings);
  EXPECT_EQ(held["threads"], 1);
  EXPECT_EQ(held["allowed_cpus"], 1);
  if (held["cpu_quota"].is_null()) {
    EXPECT_EQ(held["threads_from"], held["cpus"] == 1 ? "no limit" : "CPU affinity");
  }
  EXPECT_EQ(run(workspace, bindings, {"--version"}).err, "");  // nothing was to be had
}

/// Strides leave these convolutions to oneDNN: its workers have been to OpenMP's library.
TEST(Threads, MayAllRunOnAllCpus) {
  const test::Workspace workspace;
  if (Affinity().count() < 2) GTEST_SKIP() << "one CPU is all there is";
  const std::string network = workspace.path("net.json").string();
  std::ofstream(network) << R"({"name": "conv", "input": [3, 32, 32], "layers": [
    {"name": "a", "type": "conv2d", "oc": 4, "kernel": [5, 5], "stride": [4, 4]},
    {"name": "b", "type": "conv2d", "oc": 10, "kernel": [7, 7]}]})";
  for (const Variables& variables :
       {Variables{{"OMP_PROC_BIND", "true"}}, Variables{{"OMP_PLACES", "{0}"}},
        Variables{{"GOMP_CPU_AFFINITY", "0"}}}) {
    SCOPED_TRACE(variables.begin()->first);
    test::Process process(
        workspace.command({"train", "--data", workspace.data(), "--arch", network, "--epochs",
                           "100000", "--batch", "4", "--threads", "2", "--out",
                           workspace.path(variables.begin()->first).string()}),
        with(variables, workspace));
    ASSERT_TRUE(process.wait_for_stderr("epoch 2/100000"));
    int threads = 0;
    for (const auto& task :
         std::filesystem::directory_iterator("/proc/" + std::to_string(process.id()) + "/task")) {
      ++threads;
      EXPECT_EQ(allowed_list(task.path()), allowed_list("/proc/thread-self"));
    }
    EXPECT_GE(threads, 2);
  }
}

}  // namespace
}  // namespace karnin
