#include "formats/report/gnuplot.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <span>

#include "formats/io/file_descriptor.h"
#include "runtime/core/error.h"

extern char** environ;

namespace karnin {
namespace {

/// A file without a name. Streams that are files can't block one another, as pipes would.
FileDescriptor anonymous_file() {
  FileDescriptor file(memfd_create("gnuplot", MFD_CLOEXEC));
  if (!file) throw Error(fmt::format("gnuplot: no memory file: {}", std::strerror(errno)));
  return file;
}

std::string contents(const FileDescriptor& file) {
  std::string text;
  std::array<char, 1 << 16> buffer{};
  lseek(file.get(), 0, SEEK_SET);
  for (ssize_t got = 0; (got = read(file.get(), buffer.data(), buffer.size())) > 0;)
    text.append(buffer.data(), static_cast<std::size_t>(got));
  return text;
}

/// Signals as a program expects to find them, whatever this one ignores. In a group of its own:
/// Ctrl-C at the terminal is for this process to answer.
class ChildAttributes {
 public:
  ChildAttributes() {
    sigset_t ignored_here;
    sigemptyset(&ignored_here);
    for (const int number : {SIGPIPE, SIGXFSZ}) sigaddset(&ignored_here, number);
    posix_spawnattr_init(&attributes_);
    posix_spawnattr_setsigdefault(&attributes_, &ignored_here);
    posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  }
  ~ChildAttributes() { posix_spawnattr_destroy(&attributes_); }
  ChildAttributes(const ChildAttributes&) = delete;
  ChildAttributes& operator=(const ChildAttributes&) = delete;
  const posix_spawnattr_t* get() const { return &attributes_; }

 private:
  posix_spawnattr_t attributes_{};
};

/// Starts gnuplot without the user's settings; returns 0 or an errno value.
int start(const FileDescriptor& in, const FileDescriptor& out, const FileDescriptor& err,
          pid_t& pid) {
  std::string name = "gnuplot";
  std::string plain = "-d";
  std::array<char*, 3> arguments{name.data(), plain.data(), nullptr};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in.get(), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out.get(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err.get(), STDERR_FILENO);
  const ChildAttributes attributes;
  const int error =
      posix_spawnp(&pid, "gnuplot", &actions, attributes.get(), arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  return error;
}

bool succeeds(pid_t pid) {
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

void require_gnuplot() { run_gnuplot("set terminal svg\nset terminal pngcairo\n"); }

std::string run_gnuplot(const std::string& script) {
  const FileDescriptor in = anonymous_file();
  const FileDescriptor out = anonymous_file();
  const FileDescriptor err = anonymous_file();
  if (const int error =
          in.write_all({reinterpret_cast<const std::uint8_t*>(script.data()), script.size()});
      error != 0)
    throw Error(fmt::format("gnuplot: {}", std::strerror(error)));
  lseek(in.get(), 0, SEEK_SET);
  pid_t pid = 0;
  if (const int error = start(in, out, err, pid); error == ENOENT)
    throw Error("gnuplot, which draws the figures, is not here: apt-get install gnuplot-nox");
  else if (error != 0)
    throw Error(fmt::format("gnuplot can't be started: {}", std::strerror(error)));
  if (!succeeds(pid)) throw Error("gnuplot failed: " + contents(err));
  return contents(out);
}

}  // namespace karnin
