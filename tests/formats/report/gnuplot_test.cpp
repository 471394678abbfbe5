// Where gnuplot isn't as it should be: what a user is told.
#include "formats/report/gnuplot.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <csignal>

#include "runtime/core/error.h"
#include "tests/support/environment.h"
#include "tests/support/error_message.h"
#include "tests/support/resource_limit.h"
#include "tests/support/temporary_directory.h"

namespace karnin {
namespace {

namespace fs = std::filesystem;

using test::error_message;

/// Programs are looked for in a directory of the test's alone.
class Gnuplot : public ::testing::Test {
 protected:
  void install(const std::string& script, fs::perms mode) const {
    test::write_text(programs_ / "gnuplot", "#!/bin/sh\n" + script);
    fs::permissions(programs_ / "gnuplot", mode);
  }
  static std::string refusal() {
    return error_message<Error>([] { run_gnuplot("plot x\n"); });
  }

  test::TemporaryDirectory programs_;
  test::ScopedVariable path_{"PATH", programs_.path().string()};
};

TEST_F(Gnuplot, SaysHowToGetWhatIsMissing) {
  EXPECT_EQ(refusal(),
            "gnuplot, which draws the figures, is not here: apt-get install gnuplot-nox");
}

TEST_F(Gnuplot, WhatIsNoProgramIsNotStarted) {
  install("exit 0\n", fs::perms::owner_read);
  EXPECT_EQ(refusal(), "gnuplot can't be started: Permission denied");
}

TEST_F(Gnuplot, ReadsTheScriptAndWritesThePlot) {
  install("while read line; do echo \"$1: $line\"; done\n", fs::perms::owner_all);
  EXPECT_EQ(run_gnuplot("first\nsecond\n"), "-d: first\n-d: second\n");
}

TEST_F(Gnuplot, ItsLastWordsAreToldHoweverItEnds) {
  install("echo it went wrong >&2\nexit 3\n", fs::perms::owner_all);
  EXPECT_EQ(refusal(), "gnuplot failed: it went wrong\n");
  install("echo out of memory >&2\nkill -KILL $$\n", fs::perms::owner_all);
  EXPECT_EQ(refusal(), "gnuplot failed: out of memory\n");
}

TEST_F(Gnuplot, FindsSignalsAsAProgramExpectsThem) {
  const auto old_handler = std::signal(SIGPIPE, SIG_IGN);
  install("kill -PIPE $$\necho it lives on\n", fs::perms::owner_all);
  EXPECT_THAT(refusal(), ::testing::StartsWith("gnuplot failed"));
  std::signal(SIGPIPE, old_handler);
}

TEST_F(Gnuplot, CtrlCAtTheTerminalIsNotForIt) {
  install("read pid name state parent group rest </proc/$$/stat; echo $group\n",
          fs::perms::owner_all);
  EXPECT_NE(run_gnuplot(""), std::to_string(getpgrp()) + "\n");
}

TEST_F(Gnuplot, NamesWhatThisProcessLacks) {
  install("exit 0\n", fs::perms::owner_all);
  {
    const test::ResourceLimit none(RLIMIT_NOFILE, 0);
    EXPECT_EQ(refusal(), "gnuplot: no memory file: Too many open files");
  }
  const test::ResourceLimit short_files(RLIMIT_FSIZE, 3);
  EXPECT_EQ(refusal(), "gnuplot: File too large");
}

}  // namespace
}  // namespace karnin
