// What is nearly a data set: files that were renamed, left packed, or are of another version of it.
#pragma once

#include <filesystem>
#include <string>

namespace karnin {

/// "; 'NAME' is there: what to do with it" for the first such entry of the directory, or "".
std::string dataset_hint(const std::filesystem::path& directory);

/// "; 'NAME' is there: ..." for what lies beside a missing NAME.gz and is nearly called so, or "".
std::string name_hint(const std::filesystem::path& missing);

/// "; ..." for a path that begins with a ~ that no shell has expanded, or "".
std::string tilde_hint(const std::string& path);

}  // namespace karnin
