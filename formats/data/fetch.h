// Downloads a data set once, into the cache. The only code that needs a network.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

namespace karnin {

struct DownloadSource {
  std::string url;
  std::string md5;          ///< lower-case hex of the archive
  std::uint64_t bytes = 0;  ///< of the archive; a longer answer is cut off and refused
  std::string folder;       ///< the directory inside the archive that holds the data
};

/// The official CIFAR-10 binary archive, or the same at another URL (a mirror, or file:// for a
/// copy at hand): size and MD5 stay the official ones.
DownloadSource cifar10_source(const std::string& mirror = "");

/// Downloads, verifies size and MD5, unpacks next to the destination and renames into place; at
/// once done if the destination exists. A partial download or a bad archive leaves nothing behind;
/// a kill leaves its .fetch-* directory. progress(received, total) may be empty; it is called about
/// once a second even while nothing arrives, more often while all is unpacked, and what it throws
/// ends either. Returns the directory with the files. Throws DatasetMissingError (network,
/// checksum, archive) or OutputError, before the download where the destination cannot be replaced.
std::filesystem::path fetch(const DownloadSource& source, const std::filesystem::path& cache,
                            const std::function<void(std::uint64_t, std::uint64_t)>& progress);

}  // namespace karnin
