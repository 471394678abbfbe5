// proc_pid_mountinfo(5) and cgroups(7) have the formats; cpu.max is that of the kernel's
// Documentation/admin-guide/cgroup-v2.rst.
#include "cli/console/cpu_quota.h"

#include <algorithm>
#include <fstream>
#include <functional>
#include <limits>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace karnin::cli {
namespace {

namespace fs = std::filesystem;

constexpr double kNoQuota = std::numeric_limits<double>::infinity();

/// A hierarchy of control groups as this process sees it.
struct Mount {
  std::string root;  ///< the group that stands at `point`
  std::string point;
  bool v2;
};

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream{std::string(text)};
  for (std::string part; std::getline(stream, part, separator);) parts.push_back(part);
  return parts;
}

/// Blanks and the like are written as \ooo there.
std::string unescaped(std::string_view text) {
  std::string plain;
  while (!text.empty()) {
    int code = 0, digits = 0;
    if (text[0] == '\\')
      while (digits < 3 && text.size() > digits + 1U && text[digits + 1] >= '0' &&
             text[digits + 1] <= '7')
        code = 8 * code + text[++digits] - '0';
    plain += digits == 3 ? static_cast<char>(code) : text[0];
    text.remove_prefix(digits == 3 ? 4 : 1);
  }
  return plain;
}

/// id parent device root point options [optional...] - type source options
std::optional<Mount> read_mount(std::string_view line) {
  const std::vector<std::string> words = split(line, ' ');
  const auto dash = std::ranges::find(words, "-");
  if (dash - words.begin() < 6 || words.end() - dash < 4) return {};
  const bool v2 = dash[1] == "cgroup2";
  const bool v1 = dash[1] == "cgroup" && std::ranges::count(split(dash[3], ','), "cpu") != 0;
  if (!v1 && !v2) return {};
  return Mount{unescaped(words[3]), unescaped(words[4]), v2};
}

/// The group of this process below the mount's root; none if it isn't there.
/// id:controllers:/path, without controllers for v2.
std::optional<std::string> group_within(const Mount& mount, std::string_view line) {
  const std::size_t first = line.find(':'), second = line.find(':', first + 1);
  if (second == std::string_view::npos) return {};
  const std::string_view controllers = line.substr(first + 1, second - first - 1);
  const bool here =
      mount.v2 ? controllers.empty() : std::ranges::count(split(controllers, ','), "cpu") != 0;
  std::string_view group = line.substr(second + 1);
  const std::string_view root = mount.root == "/" ? "" : std::string_view(mount.root);
  if (!here || !group.starts_with('/') || !group.starts_with(root)) return {};
  group.remove_prefix(root.size());
  if (!group.empty() && group[0] != '/') return {};
  return std::string(group);
}

double ratio(double quota, double period) {
  return quota > 0 && period > 0 ? quota / period : kNoQuota;
}

/// Of one group; "max" (v2) and -1 (v1) stand for none.
double quota_of(const fs::path& group, bool v2) {
  double quota = 0, period = 0;
  if (v2) {
    std::ifstream(group / "cpu.max") >> quota >> period;
  } else {
    std::ifstream(group / "cpu.cfs_quota_us") >> quota;
    std::ifstream(group / "cpu.cfs_period_us") >> period;
  }
  return ratio(quota, period);
}

double strictest_quota(const fs::path& root, const Mount& mount, const std::string& group) {
  fs::path directory = root / fs::path(mount.point).relative_path();
  double quota = quota_of(directory, mount.v2);
  for (const fs::path& part : fs::path(group).relative_path()) {
    if (part == "..") break;  // out of sight: outside of our namespace
    directory /= part;
    quota = std::min(quota, quota_of(directory, mount.v2));
  }
  return quota;
}

void for_each_line(const fs::path& file, const std::function<void(const std::string&)>& body) {
  std::ifstream stream(file);
  for (std::string line; std::getline(stream, line);) body(line);
}

}  // namespace

std::optional<double> cpu_quota(const fs::path& root) {
  double quota = kNoQuota;
  for_each_line(root / "proc/self/mountinfo", [&](const std::string& mounted) {
    const std::optional<Mount> mount = read_mount(mounted);
    if (!mount) return;
    for_each_line(root / "proc/self/cgroup", [&](const std::string& line) {
      if (const auto group = group_within(*mount, line))
        quota = std::min(quota, strictest_quota(root, *mount, *group));
    });
  });
  return quota < kNoQuota ? std::optional(quota) : std::nullopt;
}

}  // namespace karnin::cli
