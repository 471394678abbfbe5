// Where a file that is written through links stands.
#pragma once

#include <filesystem>

namespace karnin {

/// The file behind a chain of symlinks, which need not exist yet; `path` itself if it is none.
/// Throws OutputError for a loop, and for a link that stands for an open descriptor.
std::filesystem::path link_target(const std::filesystem::path& path);

}  // namespace karnin
