#include "cli/console/inheritance.h"

#include <fcntl.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <exception>
#include <string>
#include <vector>

#include "cli/console/exit_code.h"
#include "cli/console/openmp_binding.h"
#include "cli/console/output.h"
#include "formats/io/printable.h"
#include "runtime/core/parallel.h"

namespace karnin::cli {
namespace {

/// open() takes the lowest number that is free: that of the stream, in ascending order.
void fill_closed_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (fcntl(stream, F_GETFD) == -1)
      static_cast<void>(open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY));
}

/// TBB ends the program so when the system has no more threads.
[[noreturn]] void report_escaped_error() {
  std::string what = "an unknown error";
  try {
    if (const std::exception_ptr error = std::current_exception()) std::rethrow_exception(error);
  } catch (const std::exception& error) {
    what = error.what();
  } catch (...) {
  }
  tell("karnin-cpu: " + printable_line(what) + "\n");
  std::_Exit(static_cast<int>(ExitCode::failed));
}

void tell_refused_bindings() {
  const std::vector<std::string> names = refused_bindings();
  if (names.empty() || hardware_threads() == 1) return;
  tell(fmt::format("karnin-cpu: not following {}: threads may run on all {} CPUs\n",
                   fmt::join(names, ", "), hardware_threads()));
}

}  // namespace

void settle_inheritance() {
  fill_closed_streams();
  claim_stdout();
  for (const int number : {SIGPIPE, SIGXFSZ}) static_cast<void>(std::signal(number, SIG_IGN));
  std::set_terminate(report_escaped_error);
  tell_refused_bindings();
}

}  // namespace karnin::cli
