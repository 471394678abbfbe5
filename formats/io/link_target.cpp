#include "formats/io/link_target.h"

#include <fmt/format.h>

#include <cerrno>
#include <system_error>

#include "runtime/core/error.h"

namespace karnin {
namespace {

namespace fs = std::filesystem;

constexpr int kMaxSymlinks = 40;  // as Linux has it

[[noreturn]] void fail_to_follow(const fs::path& link, int error) {
  throw OutputError(fmt::format("cannot follow the link '{}': {}", link.string(),
                                std::generic_category().message(error)));
}

/// /dev/stdout, for one, is a link to an open file, which is no name: whoever put another file
/// there would write beside whatever goes through the descriptor.
bool is_descriptor(const fs::path& link) {
  std::error_code error;
  const fs::path folder = link.has_parent_path() ? link.parent_path() : fs::path(".");
  const fs::path place = fs::canonical(folder, error);
  return place.filename() == "fd" && place.string().starts_with("/proc/");
}

}  // namespace

fs::path link_target(const fs::path& path) {
  fs::path target = path;
  std::error_code error;
  for (int i = 0; i < kMaxSymlinks; ++i) {
    if (!fs::is_symlink(fs::symlink_status(target, error))) return target;
    if (is_descriptor(target))
      throw OutputError(fmt::format("cannot write '{}': not a regular file", path.string()));
    const fs::path next = fs::read_symlink(target, error);
    if (error) fail_to_follow(path, error.value());
    target = target.parent_path() / next;  // an absolute target replaces the left side
  }
  fail_to_follow(path, ELOOP);
}

}  // namespace karnin
