// A training that can be interrupted and taken up again.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/cli/workspace.h"

namespace karnin::test {

class ResumableRun : public WorkspaceTest {
 protected:
  using Words = std::vector<std::string>;

  /// 6 epochs of 38 steps, with all that has a state; about a second.
  static Words training(const std::string& out, const Words& more = {}) {
    Words words{"train",      "--data",    workspace->data(),
                "--epochs",   "6",         "--batch",
                "16",         "--lr",      "0.05",
                "--schedule", "step",      "--step-epochs",
                "2",          "--augment", "flip,shift",
                "--out",      file(out)};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }

  static ProcessResult finish(const Words& words) {
    const ProcessResult result = workspace->run(words);
    EXPECT_EQ(result.status, 0) << result.err;
    return result;
  }

  /// Sends the signal as soon as stderr holds the text.
  static ProcessResult interrupt(const Words& words, const std::string& text, int signal) {
    Process process(workspace->command(words), workspace->options());
    EXPECT_TRUE(process.wait_for_stderr(text));
    process.send(signal);
    return process.wait();
  }
};

}  // namespace karnin::test
