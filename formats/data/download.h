// One file over HTTP(S), bounded and hashed while it arrives.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "formats/io/file_descriptor.h"

namespace karnin {

/// progress(received, total); what it throws ends the download.
using Progress = std::function<void(std::uint64_t, std::uint64_t)>;

/// Writes exactly `bytes` bytes from http, https or file `url` into `file` and returns their MD5.
/// Gives up on a server that stays silent. Throws DatasetMissingError for any failure of the
/// transfer or another size, OutputError where `file` cannot take the bytes.
std::string download(const std::string& url, std::uint64_t bytes, const FileDescriptor& file,
                     const Progress& progress);

}  // namespace karnin
