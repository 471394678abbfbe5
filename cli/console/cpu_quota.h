// What control groups (of containers, of batch systems) leave this process of the CPUs' time.
#pragma once

#include <filesystem>
#include <optional>

namespace karnin::cli {

/// CPUs' worth of time that the strictest quota grants among those of this process's control group
/// and of the groups around it, v1 and v2, as far as they can be seen from here; none without any.
/// proc and sys are looked for in `root`. What is missing or makes no sense there sets no quota.
std::optional<double> cpu_quota(const std::filesystem::path& root = "/");

}  // namespace karnin::cli
