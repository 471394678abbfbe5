// The files that a long task is to leave, looked at before it begins.
#pragma once

#include <filesystem>
#include <vector>

namespace karnin::cli {

/// Throws OutputError for one that couldn't be written. Says, in one line, which ones can only be
/// overwritten (see require_writable_file()): those don't survive a crash in the midst of it.
void require_writable(const std::vector<std::filesystem::path>& files);

}  // namespace karnin::cli
