// What the classes of own data are called.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace karnin {

/// A label is a byte.
inline constexpr std::size_t kMaxClasses = 256;

/// A name a line, in the order of labels.
inline constexpr const char* kClassFile = "classes.txt";

/// The lines of classes.txt; nothing if there is no such file. Throws FileError for a line that is
/// empty or there twice, and for none or more than kMaxClasses.
std::optional<std::vector<std::string>> read_class_names(const std::filesystem::path& directory);

/// "0", "1", ...
std::vector<std::string> numbered_classes(std::size_t count);

/// Whether there are classes, and other than numbered ones.
bool are_named(const std::vector<std::string>& classes);

}  // namespace karnin
