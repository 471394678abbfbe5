#include "tests/support/process.h"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <system_error>

extern char** environ;

namespace karnin::test {
namespace {

constexpr int kTimeoutMilliseconds = 300'000;  // without a word: sanitizers take their time

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

struct Channel {
  int reader = -1;
  int writer = -1;
};

Channel make_channel(bool terminal) {
  Channel channel;
  int ends[2] = {-1, -1};
  if (terminal) {
    winsize size{};
    size.ws_row = 25;
    size.ws_col = 100;
    if (openpty(&channel.reader, &channel.writer, nullptr, nullptr, &size) != 0) fail("openpty");
  } else {
    if (pipe(ends) != 0) fail("pipe");
    channel = {ends[0], ends[1]};
  }
  fcntl(channel.reader, F_SETFD, FD_CLOEXEC);
  fcntl(channel.writer, F_SETFD, FD_CLOEXEC);  // dup2 clears it for the child's copy
  return channel;
}

std::vector<std::string> merged_environment(const std::map<std::string, std::string>& changes) {
  std::vector<std::string> merged;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string text(*variable);
    if (!changes.contains(text.substr(0, text.find('=')))) merged.push_back(text);
  }
  for (const auto& [name, value] : changes) merged.push_back(name + "=" + value);
  return merged;
}

/// The null-terminated array that exec wants; points into `strings`.
std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> array;
  for (std::string& string : strings) array.push_back(string.data());
  array.push_back(nullptr);
  return array;
}

/// Appends what there is to read; closes the descriptor (and sets it to -1) at the end. A terminal
/// whose other side is closed says EIO.
void drain(int& descriptor, std::string& text) {
  char buffer[4096];
  const ssize_t count = read(descriptor, buffer, sizeof buffer);
  if (count < 0 && errno == EINTR) return;
  if (count > 0) {
    text.append(buffer, static_cast<std::size_t>(count));
    return;
  }
  close(descriptor);
  descriptor = -1;
}

}  // namespace

Process::Process(const std::vector<std::string>& arguments, const ProcessOptions& options) {
  std::vector<std::string> words = arguments;
  std::vector<std::string> variables = merged_environment(options.environment);
  const std::vector<char*> argv = pointers(words);
  const std::vector<char*> envp = pointers(variables);
  const Channel out = make_channel(false);
  const Channel err = make_channel(options.terminal);
  pid_ = fork();
  if (pid_ < 0) fail("fork");
  if (pid_ == 0) {  // only async-signal-safe calls from here
    dup2(out.writer, STDOUT_FILENO);
    dup2(err.writer, STDERR_FILENO);
    execve(argv[0], argv.data(), envp.data());
    _exit(127);
  }
  close(out.writer);
  close(err.writer);
  out_ = out.reader;
  err_ = err.reader;
}

Process::~Process() {
  if (pid_ > 0) {
    send(SIGKILL);
    wait();
  }
}

bool Process::pump() {
  pollfd streams[2] = {{out_, POLLIN, 0}, {err_, POLLIN, 0}};  // poll skips negative descriptors
  if (out_ < 0 && err_ < 0) return false;
  const int ready = poll(streams, 2, kTimeoutMilliseconds);
  if (ready < 0 && errno != EINTR) fail("poll");
  if (ready == 0) send(SIGKILL);
  if (streams[0].revents != 0) drain(out_, result_.out);
  if (streams[1].revents != 0) drain(err_, result_.err);
  return true;
}

bool Process::wait_for_stderr(const std::string& text) {
  while (result_.err.find(text) == std::string::npos)
    if (!pump()) return false;
  return true;
}

void Process::hang_up_stdout() {
  close(out_);
  out_ = -1;
}

void Process::hang_up_stderr() {
  close(err_);
  err_ = -1;
}

void Process::send(int signal) const {
  if (pid_ > 0) kill(pid_, signal);
}

ProcessResult Process::wait() {
  while (pump()) {
  }
  int status = 0;
  rusage usage{};
  if (pid_ > 0 && wait4(pid_, &status, 0, &usage) == pid_) {
    result_.status = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    result_.peak_bytes = std::int64_t{1024} * usage.ru_maxrss;
  }
  pid_ = -1;
  return result_;
}

}  // namespace karnin::test
