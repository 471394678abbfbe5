// Unpacks a .tar.gz that nobody vouches for.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "formats/io/file_descriptor.h"

namespace karnin {

/// Writes every "folder/NAME" of the archive, read from its current position, to directory/NAME;
/// NAME is a plain file name. Anything else in it (links, devices, deeper or other paths) and more
/// than `limit` bytes in all are refused. Throws DatasetMissingError, or OutputError where
/// `directory` cannot be written; and what poll() throws, which is called every few milliseconds.
void extract_folder(const FileDescriptor& archive, const std::string& folder,
                    const std::filesystem::path& directory, std::uint64_t limit,
                    const std::function<void()>& poll);

}  // namespace karnin
