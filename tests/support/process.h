// Runs a program as a user would, and says what it wrote and how it ended.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace karnin::test {

struct ProcessOptions {
  /// On top of this process's environment.
  std::map<std::string, std::string> environment;
  /// stderr is a terminal of its own instead of a pipe.
  bool terminal = false;
};

struct ProcessResult {
  int status = 0;  ///< exit status; minus the signal that ended it
  std::string out;
  std::string err;
  std::int64_t peak_bytes = 0;  ///< of memory that it had at a time
};

/// A child process. Killed when it is still running at the end of its scope, or after a minute of
/// silence.
class Process {
 public:
  /// arguments[0] is the program's path. Throws std::system_error when it can't be started.
  explicit Process(const std::vector<std::string>& arguments, const ProcessOptions& options = {});
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  /// Reads until stderr holds `text`; false if the process ended without it.
  bool wait_for_stderr(const std::string& text);
  void send(int signal) const;
  pid_t id() const { return pid_; }
  /// From now on nobody reads that stream, as when the reader of a pipe has ended.
  void hang_up_stdout();
  void hang_up_stderr();
  /// Reads to the end of both streams.
  ProcessResult wait();

 private:
  /// One read of whichever stream has something; false at the end of both.
  bool pump();

  pid_t pid_ = -1;
  int out_ = -1;
  int err_ = -1;
  ProcessResult result_;
};

}  // namespace karnin::test
