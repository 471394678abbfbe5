// What the exit status tells a script. The one place where an exception becomes a number.
#pragma once

#include <exception>

namespace karnin::cli {

enum class ExitCode {
  done = 0,
  failed = 1,        ///< anything that no other code names: out of memory, a loss that diverged
  usage = 2,         ///< the command line (or an environment variable) is wrong
  input = 3,         ///< a model, architecture or data file is missing or unsound
  no_dataset = 4,    ///< the data set is not there
  output = 5,        ///< a file, a directory or stdout could not be written, or not by that name
  interrupted = 130  ///< by a signal (interrupt.h); what there was has been saved
};

ExitCode exit_code_of(const std::exception& error) noexcept;

/// Of a task that was interrupted, or came to its end: whether every file got its own name.
ExitCode exit_code_of(bool interrupted, bool in_place) noexcept;

}  // namespace karnin::cli
