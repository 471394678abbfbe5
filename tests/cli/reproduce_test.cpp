// The whole paper from the command line, on a few images: what it leaves, how it ends early, and
// what a browser makes of its report.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <map>
#include <thread>

#include "tests/cli/workspace.h"

namespace karnin {
namespace {

using Json = nlohmann::json;
using testing::Contains;
using testing::HasSubstr;
using testing::IsSubsetOf;

std::vector<std::string> arguments(const test::Workspace& workspace, const std::string& out,
                                   const std::string& seeds) {
  return {"reproduce",
          "--data",
          workspace.data(),
          "--seeds",
          seeds,
          "--out",
          workspace.path(out).string()};
}

/// One run for all tests, which only read it.
class Reproduce : public test::WorkspaceTest {
 protected:
  static void SetUpTestSuite() {
    WorkspaceTest::SetUpTestSuite();
    summary = workspace->run_json(arguments(*workspace, "paper", "2"));
  }

  static std::string text_of(const std::string& name) {
    const auto bytes = test::bytes_of(workspace->path("paper") / name);
    return {bytes.begin(), bytes.end()};
  }

  static Json summary;
};

Json Reproduce::summary;

TEST_F(Reproduce, LeavesEveryTableAndFigure) {
  EXPECT_EQ(summary["seeds"].size(), 2U);
  EXPECT_FALSE(summary["interrupted"]);
  EXPECT_EQ(summary["report"], workspace->path("paper/report.html").string());
  std::vector<std::string> expected{"report.html", "sparsity.csv", "controls.csv", "readings.csv",
                                    "scores.csv"};
  for (int i = 1; i <= 7; ++i) expected.push_back("table-" + std::to_string(i) + ".csv");
  for (int i = 1; i <= 6; ++i) expected.push_back("figure-" + std::to_string(i) + ".csv");
  const auto files = test::files_in(workspace->path("paper"));
  EXPECT_THAT(expected, IsSubsetOf(files));
  for (const std::string& name : files)
    if (name.ends_with(".png")) {
      EXPECT_EQ(text_of(name).substr(1, 3), "PNG") << name;
    }
  EXPECT_THAT(files, Contains("sparsity.png"));
  EXPECT_THAT(text_of("table-3.csv"), HasSubstr("\nplane,56,"));
  EXPECT_THAT(text_of("table-7.csv"), HasSubstr("\n0.45,31,21653,4497,"));
}

TEST_F(Reproduce, TheReportNeedsNothingElse) {
  const std::string report = text_of("report.html");
  for (const char* reference : {"http://", "https://", "src=\"/", "<link", "<script", "@import"})
    for (std::size_t at = 0; (at = report.find(reference, at)) != std::string::npos; ++at)
      EXPECT_EQ(report.substr(at, 18), "http://www.w3.org/") << report.substr(at, 60);
}

TEST_F(Reproduce, TheReportSaysHowItIsMadeAgain) {
  EXPECT_THAT(text_of("report.html"),
              HasSubstr("reproduce --data " + workspace->data() + " --seeds 2<"));
  EXPECT_THAT(text_of("report.html"), HasSubstr(", 2 seeds."));
}

TEST_F(Reproduce, AgainIsTheSameWithoutTraining) {
  const std::string before = text_of("sparsity.csv");
  const auto written =
      std::filesystem::last_write_time(workspace->path("paper") / "networks" / "base-1.bin");
  auto again = arguments(*workspace, "paper", "2");
  again.insert(again.end(), {"--threads", "1"});
  workspace->run_json(again);
  EXPECT_EQ(text_of("sparsity.csv"), before);
  EXPECT_EQ(std::filesystem::last_write_time(workspace->path("paper") / "networks" / "base-1.bin"),
            written);
}

/// Runs in the report; the page around it shows what it says.
constexpr const char* kProbe = R"html(<script>
addEventListener('load', () => {
  const width = document.documentElement.clientWidth;
  const right = element => element.getBoundingClientRect().right;
  const drawn = svg => svg.getBoundingClientRect().width > 200 &&
      [...svg.querySelectorAll('path')].filter(p => p.getBBox().width > 100).length > 3;
  const plots = [...document.querySelectorAll('figure.plot')];
  parent.postMessage({
    width: width,
    scroll: document.documentElement.scrollWidth,
    outside: [...document.querySelectorAll('body *')].filter(e => right(e) > width + 0.5).length,
    plots: plots.length,
    drawn: plots.filter(p => p.querySelector('svg') && drawn(p.querySelector('svg'))).length,
    images: [...document.images].filter(i => i.complete && i.naturalWidth > 0).length,
    matrices: document.querySelectorAll('table.matrix').length
  }, '*');
});
</script></body>)html";

constexpr const char* kPage = R"html(<!doctype html><body>
<iframe src="probed.html" width="400" height="800"></iframe>
<iframe src="probed.html" width="1200" height="800"></iframe>
<pre id="said"></pre><script>
const said = [];
addEventListener('message', event => {
  said.push(event.data);
  document.getElementById('said').textContent = JSON.stringify(said);
});
</script></body>)html";

/// What the probe says at each width; nothing where there is no Chromium.
Json look_at(const test::Workspace& workspace, std::string report) {
  report.replace(report.rfind("</body>"), 7, kProbe);
  std::ofstream(workspace.path("probed.html")) << report;
  std::ofstream(workspace.path("page.html")) << kPage;
  const test::ProcessResult found = test::Process({"/bin/sh", "-c", "command -v chromium"}).wait();
  if (found.status != 0) return {};
  const std::string chromium = found.out.substr(0, found.out.find('\n'));
  const test::ProcessResult page =
      test::Process({chromium, "--headless", "--no-sandbox", "--disable-gpu",
                     "--disable-dev-shm-usage", "--hide-scrollbars",
                     "--user-data-dir=" + workspace.path("chromium").string(),
                     "--virtual-time-budget=10000", "--dump-dom",
                     "file://" + workspace.path("page.html").string()})
          .wait();
  const std::size_t start = page.out.find("<pre id=\"said\">") + 15;
  return Json::parse(page.out.substr(start, page.out.find("</pre>", start) - start), nullptr,
                     false);
}

TEST_F(Reproduce, ABrowserDrawsEveryFigureInsideThePage) {
  const Json said = look_at(*workspace, text_of("report.html"));
  if (said.is_null()) GTEST_SKIP() << "no chromium here (scripts/install dev)";
  ASSERT_EQ(said.size(), 2U) << said;
  for (const Json& page : said) {
    EXPECT_THAT(page["width"].get<int>(), testing::AnyOf(400, 1200)) << page;
    EXPECT_EQ(page["scroll"], page["width"]) << page;
    EXPECT_EQ(page["outside"], 0) << page;
    EXPECT_EQ(page["plots"], 7) << page;
    EXPECT_EQ(page["drawn"], 7) << page;
    EXPECT_EQ(page["images"], 10) << page;
    EXPECT_EQ(page["matrices"], 6) << page;
  }
}

TEST_F(Reproduce, InterruptedItKeepsWhatIsDone) {
  auto command = workspace->command(arguments(*workspace, "stopped", "1000"));
  command.emplace_back("--json");
  test::Process process(command, workspace->options());
  ASSERT_TRUE(process.wait_for_stderr("reproducing on"));
  const std::filesystem::path first = workspace->path("stopped") / "networks" / "base-1.bin";
  for (int i = 0; i < 600 && !std::filesystem::exists(first); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  process.send(SIGINT);
  const test::ProcessResult result = process.wait();
  EXPECT_EQ(result.status, 130);
  EXPECT_TRUE(Json::parse(result.out)["interrupted"]);
  EXPECT_FALSE(Json::parse(result.out).contains("report"));
  EXPECT_FALSE(std::filesystem::exists(workspace->path("stopped") / "report.html"));
  ASSERT_TRUE(std::filesystem::exists(first));
  for (const std::string& name : test::files_in(workspace->path("stopped") / "networks"))
    EXPECT_EQ(workspace->run({"verify", (workspace->path("stopped") / "networks" / name).string()})
                  .status,
              0)
        << name;
}

TEST_F(Reproduce, AnotherCommandLeavesItAlone) {
  const auto files = [] {
    std::map<std::string, std::vector<std::uint8_t>> all;
    for (const std::string& name : test::files_in(workspace->path("paper/networks")))
      all[name] = test::bytes_of(workspace->path("paper/networks") / name);
    for (const std::string& name : test::files_in(workspace->path("paper")))
      if (name.ends_with(".csv")) all[name] = test::bytes_of(workspace->path("paper") / name);
    return all;
  };
  const auto before = files();
  for (const std::vector<std::string>& more :
       {std::vector<std::string>{"--seeds", "1"}, std::vector<std::string>{"--paper-only"}}) {
    auto other = arguments(*workspace, "paper", "2");
    other.insert(other.end(), more.begin(), more.end());
    const test::ProcessResult refused = workspace->run(other);
    EXPECT_EQ(refused.status, 2);
    EXPECT_THAT(refused.err, testing::AllOf(HasSubstr("was"), HasSubstr("--overwrite"),
                                            HasSubstr("another --out")));
  }
  EXPECT_EQ(files(), before);
}

/// Every file that it leaves would be missed if it were somebody else's.
TEST_F(Reproduce, NoFileOfSomebodyElseIsReplaced) {
  std::vector<std::string> names = test::files_in(workspace->path("paper"));
  std::erase(names, "networks");
  names.emplace_back("networks/base-1.bin");
  for (const std::string& name : names) {
    std::filesystem::remove_all(workspace->path("theirs"));
    std::filesystem::create_directories(workspace->path("theirs/networks"));
    std::ofstream(workspace->path("theirs") / name) << "mine";
    const test::ProcessResult refused = workspace->run(arguments(*workspace, "theirs", "2"));
    EXPECT_EQ(refused.status, 2) << name;
    EXPECT_THAT(refused.err, HasSubstr(name));
  }
}

TEST_F(Reproduce, WithoutGnuplotItSaysWhatToInstall) {
  test::ProcessOptions options = workspace->options();
  options.environment["PATH"] = "";
  const test::ProcessResult result =
      test::Process(workspace->command(arguments(*workspace, "none", "1")), options).wait();
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.err, HasSubstr("apt-get install gnuplot-nox"));
}

TEST_F(Reproduce, AGnuplotThatCannotDrawIsFoundBeforeTheWork) {
  const std::filesystem::path program = workspace->path("bin") / "gnuplot";
  std::filesystem::create_directory(program.parent_path());
  std::ofstream(program) << "#!/bin/sh\nwhile read -r line; do case $line in\n"
                            "*pngcairo*) echo unknown terminal >&2; exit 1;; esac; done\n";
  std::filesystem::permissions(program, std::filesystem::perms::owner_all);
  test::ProcessOptions options = workspace->options();
  options.environment["PATH"] = program.parent_path().string();
  const test::ProcessResult result =
      test::Process(workspace->command(arguments(*workspace, "none", "1")), options).wait();
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.err, HasSubstr("unknown terminal"));
  EXPECT_FALSE(std::filesystem::exists(workspace->path("none")));
}

}  // namespace
}  // namespace karnin
