// The curves of a training for TensorBoard.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <utility>

#include "formats/report/event_file.h"
#include "train/session/training_log.h"
#include "train/session/watcher.h"

namespace karnin {

/// Loss and accuracy of the epoch so far about a hundred times an epoch, and all that is known of
/// an epoch at its end. The horizontal axis is the step of the run. What only watches may fail: the
/// first point that can't be written is the last one, which is told, and the training goes on.
class Curves {
 public:
  /// Into this directory; an empty path: nowhere. Keeps the watcher. Throws OutputError for one
  /// that can't be written to begin with.
  Curves(std::filesystem::path directory, const Watcher& watcher);

  /// Opens the file with the first point.
  void add(const StepReport& step);
  /// After the last of an epoch's steps, which a run that was resumed there has not reported.
  void add(const EpochRecord& epoch, std::int64_t steps);

 private:
  template <typename Write>
  void attempt(const Write& write);
  void write(const StepReport& step);
  void write(const EpochRecord& epoch, std::int64_t steps);
  void point(const char* tag, double value);

  std::filesystem::path directory_;
  const Watcher& watcher_;
  std::optional<EventFile> file_;
  std::int64_t step_ = 0;  ///< of the run
};

}  // namespace karnin
