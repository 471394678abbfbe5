#include "cli/console/cpu_quota.h"

#include <gtest/gtest.h>

#include "cli/console/usable_cpus.h"
#include "tests/support/temporary_directory.h"

namespace karnin::cli {
namespace {

using Files = std::vector<std::pair<std::string, std::string>>;

const std::string kV2 = "30 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw\n";
const std::string kV1 =
    "31 30 0:27 / /sys/fs/cgroup/cpu rw shared:9 - cgroup cgroup rw,cpu,cpuacct\n";
const std::string kRest =
    "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n"
    "32 30 0:28 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset\n";

struct Case {
  const char* what;
  std::string groups;  ///< /proc/self/cgroup
  std::string mounts;  ///< /proc/self/mountinfo
  Files files;         ///< below /sys/fs/cgroup
  std::optional<double> quota;
};

void expect_quota(const Case& c) {
  SCOPED_TRACE(c.what);
  const test::TemporaryDirectory root;
  test::write_text(root / "proc/self/cgroup", c.groups);
  test::write_text(root / "proc/self/mountinfo", c.mounts);
  for (const auto& [name, text] : c.files) test::write_text(root / ("sys/fs/cgroup/" + name), text);
  EXPECT_EQ(cpu_quota(root.path()), c.quota);
}

TEST(CpuQuota, IsTheStrictestFromTheOwnGroupUp) {
  const std::string job = "0::/batch/job\n";
  const Case cases[] = {
      {"own", job, kV2, {{"batch/job/cpu.max", "150000 100000\n"}}, 1.5},
      {"none", job, kV2, {{"batch/job/cpu.max", "max 100000\n"}}, {}},
      {"the one around",
       job,
       kRest + kV2,
       {{"batch/job/cpu.max", "max 100000\n"}, {"batch/cpu.max", "200000 100000\n"}},
       2.0},
      {"the stricter, whichever it is",
       job,
       kV2,
       {{"batch/job/cpu.max", "400000 100000\n"}, {"batch/cpu.max", "50000 200000\n"}},
       0.25},
      {"that of the mount itself, as containers see it",
       "0::/\n",
       kV2,
       {{"cpu.max", "3000 1000"}},
       3.0},
      {"no longer than the path", job, kV2, {{"batch/job/other/cpu.max", "1000 1000"}}, {}},
      {"a colon in a name", "0::/a:b\n", kV2, {{"a:b/cpu.max", "1000 1000"}}, 1.0}};
  for (const Case& c : cases) expect_quota(c);
}

TEST(CpuQuota, OfTheFirstVersionIsInTwoFiles) {
  const std::string groups = "12:cpuset:/x\n4:cpu,cpuacct:/batch/job\n0::/other\n";
  const auto files = [](const std::string& group, const std::string& quota) {
    return Files{{"cpu/" + group + "/cpu.cfs_quota_us", quota},
                 {"cpu/" + group + "/cpu.cfs_period_us", "100000\n"}};
  };
  expect_quota({"own", groups, kRest + kV1, files("batch/job", "250000\n"), 2.5});
  expect_quota({"none", groups, kRest + kV1, files("batch/job", "-1\n"), {}});
  expect_quota({"the one around", groups, kV1, files("batch", "50000\n"), 0.5});
  expect_quota({"of another controller", groups, kRest, files("x", "50000\n"), {}});
  const std::string hybrid = "33 30 0:29 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n";
  Files both = files("batch/job", "300000");
  both.emplace_back("unified/other/cpu.max", "200000 100000");
  expect_quota({"both versions", groups, hybrid + kV1, both, 2.0});
}

/// A container without a namespace of its own for groups sees its whole path, and its group
/// mounted.
TEST(CpuQuota, FindsTheGroupBelowTheRootOfTheMount) {
  const auto mounted = [](const std::string& root) {
    return "40 23 0:26 " + root + " /sys/fs/cgroup ro - cgroup2 cgroup rw\n";
  };
  const Files files{{"cpu.max", "100000 100000"}, {"sub/cpu.max", "50000 100000"}};
  expect_quota({"the root", "0::/docker/abc\n", mounted("/docker/abc"), files, 1.0});
  expect_quota({"below it", "0::/docker/abc/sub\n", mounted("/docker/abc"), files, 0.5});
  expect_quota({"beside it", "0::/docker/abcd\n", mounted("/docker/abc"), files, {}});
  expect_quota({"above it", "0::/docker\n", mounted("/docker/abc"), files, {}});
  expect_quota({"a path that leads out", "0::/../sub\n", mounted("/"), files, 1.0});
  expect_quota({"blanks",
                "0::/my job\n",
                "40 23 0:26 / /sys/fs/cgroup/a\\040b rw - cgroup2 cgroup rw\n",
                {{"a b/my job/cpu.max", "100000 100000"}},
                1.0});
}

TEST(CpuQuota, IgnoresWhatMakesNoSense) {
  const test::TemporaryDirectory nothing;
  EXPECT_EQ(cpu_quota(nothing.path()), std::nullopt);
  EXPECT_EQ(cpu_quota(nothing / "nowhere"), std::nullopt);
  const std::string binary("\0\xFF\n - \n:\n::\n\\\n", 14);
  for (const std::string& text :
       {std::string(), std::string("max"), std::string("max max"), std::string("-5 100000"),
        std::string("100000"), std::string("100000 0"), std::string("0 100000"),
        std::string("100000 -1"), std::string("nan 100000"), std::string("inf 1"), binary})
    expect_quota({"cpu.max", "0::/\n", kV2, {{"cpu.max", text}}, {}});
  const Files sound{{"cpu.max", "100000 100000"}};
  for (const std::string& text : {std::string(), binary, std::string("0"), std::string("0:"),
                                  std::string("0:/"), std::string(100'000, ':')})
    expect_quota({"groups", text, kV2, sound, {}});
  for (const std::string& text :
       {std::string(), binary, std::string("- cgroup2"), std::string("1 2 3 / /x - cgroup2 a b"),
        std::string(100'000, ' '), std::string("40 23 0:26 / /sys/fs/cgroup rw - cgroup2")})
    expect_quota({"mounts", "0::/\n", text, sound, {}});
}

TEST(UsableCpus, GiveAsManyThreadsAsCanRunAtATime) {
  struct {
    UsableCpus cpus;
    int threads;
    const char* reason;
  } const cases[] = {{{64, 64, {}}, 64, "no limit"},
                     {{64, 64, 1.5}, 2, "cgroup quota of 1.5 CPUs"},
                     {{64, 64, 2.0}, 2, "cgroup quota of 2 CPUs"},
                     {{64, 64, 1.0}, 1, "cgroup quota of 1 CPU"},
                     {{64, 64, 0.01}, 1, "cgroup quota of 0.01 CPUs"},
                     {{64, 64, 1e300}, 64, "no limit"},
                     {{64, 4, 8.0}, 4, "CPU affinity"},
                     {{64, 4, {}}, 4, "CPU affinity"},
                     {{4096, 4096, {}}, 1024, "no limit"}};
  for (const auto& [cpus, threads, reason] : cases) {
    EXPECT_EQ(cpus.threads(), threads) << reason;
    EXPECT_EQ(cpus.reason(threads), reason);
    EXPECT_EQ(cpus.reason(threads + 1), "--threads");
  }
}

}  // namespace
}  // namespace karnin::cli
