#include "train/session/results.h"

#include <fmt/core.h>

#include <utility>

#include "runtime/core/error.h"

namespace karnin {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse(const ResultOptions& options, const fs::path& file, const std::string& is,
                         bool can_go_on) {
  throw ArgumentError(
      fmt::format("'{}' is {}: expected {}--overwrite, to replace it, or another {}", file.string(),
                  is, can_go_on ? "--resume, to go on from it, " : "", options.option));
}

/// Whatever is no regular file is the business of who writes.
void require_replaceable(const ResultOptions& options, const fs::path& file, bool is_own,
                         bool is_state) {
  std::error_code error;
  const fs::file_status status = fs::status(file, error);
  if (!fs::is_regular_file(status)) return;
  if ((status.permissions() & fs::perms::owner_write) == fs::perms::none)
    refuse(options, file,
           fmt::format("there already, and read-only (mode {:04o})",
                       static_cast<unsigned>(status.permissions() & fs::perms::mask)),
           false);
  // What mktemp made, for one, holds nothing to lose.
  if (!is_own && fs::file_size(file, error) > 0)
    refuse(options, file, is_state ? "of a run that can go on" : "there already", is_state);
}

}  // namespace

void require_replaceable(const ResultOptions& options, const Results& results) {
  if (options.overwrite) return;
  if (!results.state.empty()) require_replaceable(options, results.state, results.resumed, true);
  for (const fs::path& file : results.files)
    require_replaceable(options, file, results.resumed, false);
}

void require_replaceable_directory(const ResultOptions& options, const Results& results) {
  std::error_code error;
  if (fs::is_directory(options.out, error)) {
    const DirectoryLock probe(options.out);
  }
  require_replaceable(options, results);
}

void require_no_input(const ResultOptions& options, std::span<const fs::path> inputs) {
  std::error_code error;
  for (const fs::path& input : inputs)
    if (fs::is_regular_file(options.out, error) && fs::equivalent(options.out, input, error))
      throw ArgumentError(fmt::format("{} '{}' is what is being read: expected another file",
                                      options.option, options.out.string()));
}

OutputFiles take_directory(const ResultOptions& options, const Results& results,
                           const Watcher& watcher) {
  std::vector<fs::path> files = results.files;
  if (!results.state.empty()) files.push_back(results.state);
  require_writable(files, watcher);
  DirectoryLock lock(options.out);
  require_replaceable(options, results);
  return {files, options.overwrite, watcher, std::move(lock)};
}

OutputFiles take_file(const ResultOptions& options, const Watcher& watcher) {
  require_replaceable(options, {{options.out}, {}, false});
  require_writable({options.out}, watcher);
  return {{options.out}, options.overwrite, watcher};
}

}  // namespace karnin
