// Archives for tests, sound or not.
#pragma once

#include <archive_entry.h>

#include <string>
#include <vector>

namespace karnin::test {

struct TarEntry {
  std::string path;
  std::string content;
  unsigned type = AE_IFREG;
  std::string target;  ///< of a symlink, or of a hard link if type is AE_IFREG
};

/// A .tar.gz with the entries just as they are.
std::string tar_gz(const std::vector<TarEntry>& entries);

/// A .tar of one entry, with what libarchive wouldn't write. `type` is that of its header: '0' a
/// file, '1' a hard link to "data/good", '5' a directory.
std::string tar_by_hand(const std::string& path, char type, const std::string& content);

/// Of a folder "data" with one.bin, 100,000 times '1', and two.txt, "two".
std::string good_archive();

std::string md5(const std::string& bytes);

}  // namespace karnin::test
