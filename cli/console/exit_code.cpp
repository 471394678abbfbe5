#include "cli/console/exit_code.h"

#include "cli/console/interrupt.h"
#include "runtime/core/error.h"

namespace karnin::cli {
namespace {

template <typename E>
bool is(const std::exception& error) noexcept {
  return dynamic_cast<const E*>(&error) != nullptr;
}

}  // namespace

ExitCode exit_code_of(const std::exception& error) noexcept {
  if (is<ArgumentError>(error)) return ExitCode::usage;
  // Verbs compare a model with its data before anything else does, so a shape that is still wrong
  // came out of a file, as did weights that overflow.
  if (is<FileError>(error) || is<ShapeError>(error) || is<NonFiniteError>(error))
    return ExitCode::input;
  if (is<DatasetMissingError>(error)) return ExitCode::no_dataset;
  if (is<OutputError>(error)) return ExitCode::output;
  if (is<InterruptedError>(error)) return ExitCode::interrupted;
  return ExitCode::failed;
}

ExitCode exit_code_of(bool interrupted, bool in_place) noexcept {
  if (interrupted) return ExitCode::interrupted;
  return in_place ? ExitCode::done : ExitCode::output;
}

}  // namespace karnin::cli
