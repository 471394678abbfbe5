#include "train/session/output_files.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "formats/io/atomic_file.h"
#include "runtime/core/error.h"

namespace karnin {
namespace {

namespace fs = std::filesystem;

constexpr int kMostNames = 1000;

/// Beside `taken`, under the first name that is free. Returns it.
fs::path create_beside(const fs::path& taken, std::span<const std::uint8_t> bytes,
                       const Watcher& watcher) {
  for (int i = 2; i <= kMostNames; ++i) {
    fs::path place = taken;
    place.replace_filename(taken.stem());
    place += fmt::format("-{}", i);
    place += taken.extension();
    if (!create_file(place, bytes)) continue;
    watcher.tell(
        fmt::format("'{}' has come to be there meanwhile, and is not replaced: what was to be "
                    "there is saved as '{}'",
                    taken.string(), place.string()));
    return place;
  }
  throw OutputError(
      fmt::format("'{}' has come to be there meanwhile, and so have all names beside "
                  "it: expected one of {} to be free",
                  taken.string(), kMostNames));
}

}  // namespace

void require_writable(const std::vector<fs::path>& files, const Watcher& watcher) {
  std::string names, reason;
  for (const fs::path& file : files) {
    const std::error_code obstacle = require_writable_file(file);
    if (!obstacle) continue;
    names += (names.empty() ? "" : ", ") + file.string();
    reason = obstacle.message();
  }
  if (!names.empty())
    watcher.tell(
        fmt::format("{}: can only be overwritten in place ({}); whatever ends the program in the "
                    "midst of that leaves half a file",
                    names, reason));
}

OutputFiles::OutputFiles(const std::vector<fs::path>& files, bool overwrite, const Watcher& watcher,
                         std::optional<DirectoryLock> lock)
    : watcher_(&watcher), overwrite_(overwrite), lock_(std::move(lock)) {
  std::error_code error;
  for (const fs::path& file : files)
    // One that is empty holds nothing to lose until somebody fills it.
    if (fs::is_regular_file(file, error) && fs::file_size(file, error) > 0) own_[file] = file;
}

void OutputFiles::write(const fs::path& file, std::span<const std::uint8_t> bytes) {
  if (overwrite_ || own_.contains(file)) return replace_file(place_of(file), bytes);
  own_[file] = create_file(file, bytes) ? file : create_beside(file, bytes, *watcher_);
}

void OutputFiles::write(const fs::path& file, std::string_view text) {
  write(file, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

void OutputFiles::remove(const fs::path& file) {
  if (!overwrite_ && !own_.contains(file)) return;
  std::error_code ignored;
  fs::remove(place_of(file), ignored);
  own_.erase(file);
}

fs::path OutputFiles::place_of(const fs::path& file) const {
  const auto own = own_.find(file);
  return own == own_.end() ? file : own->second;
}

bool OutputFiles::in_place() const {
  return std::ranges::all_of(own_, [](const auto& own) { return own.first == own.second; });
}

}  // namespace karnin
