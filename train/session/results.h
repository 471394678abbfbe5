// Where results go, and that none that is there already is replaced untold.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "train/session/output_files.h"

namespace karnin {

/// What every task that leaves files is asked for.
struct ResultOptions {
  std::filesystem::path out;
  bool overwrite = false;
  std::string option = "--out";  ///< that names `out`, for messages
};

/// What a task is about to write.
struct Results {
  std::vector<std::filesystem::path> files;
  std::filesystem::path state;  ///< a file that --resume goes on from; empty: there is none
  bool resumed = false;         ///< files that are there are of the run that goes on
};

/// Before any work. Throws ArgumentError, naming the ways out, for a file that is there and not
/// empty, unless it is the run's own; and for one that its owner has made read-only, whose mode
/// counts for root too. With --overwrite never.
void require_replaceable(const ResultOptions& options, const Results& results);

/// The same for results in a directory, before the data are read. Throws OutputError where another
/// process works there.
void require_replaceable_directory(const ResultOptions& options, const Results& results);

/// Throws ArgumentError if `out` is one of these, under whatever name: not even --overwrite means
/// to lose what is being read.
void require_no_input(const ResultOptions& options, std::span<const std::filesystem::path> inputs);

/// Proves that all of it can be written, and takes the directory --out, in which another process
/// may have come to its end meanwhile: from here on the files that are there are the run's own, and
/// others not. Throws as require_replaceable_directory() and require_writable_file() do.
OutputFiles take_directory(const ResultOptions& options, const Results& results,
                           const Watcher& watcher);

/// The same for a result that is the file --out, whose directory others may use.
OutputFiles take_file(const ResultOptions& options, const Watcher& watcher);

}  // namespace karnin
