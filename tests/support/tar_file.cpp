#include "tests/support/tar_file.h"

#include <archive.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <numeric>

#include "formats/data/digest.h"

namespace karnin::test {

std::string tar_gz(const std::vector<TarEntry>& entries) {
  std::string bytes(1U << 20, '\0');
  std::size_t used = 0;
  struct archive* writer = archive_write_new();
  archive_write_set_format_ustar(writer);
  archive_write_add_filter_gzip(writer);
  EXPECT_EQ(archive_write_open_memory(writer, bytes.data(), bytes.size(), &used), ARCHIVE_OK);
  for (const TarEntry& entry : entries) {
    archive_entry* header = archive_entry_new();
    archive_entry_set_pathname(header, entry.path.c_str());
    archive_entry_set_filetype(header, entry.type);
    archive_entry_set_perm(header, 0644);
    const bool hard_link = entry.type == AE_IFREG && !entry.target.empty();
    if (entry.type == AE_IFLNK) archive_entry_set_symlink(header, entry.target.c_str());
    if (hard_link) archive_entry_set_hardlink(header, entry.target.c_str());
    archive_entry_set_size(header, static_cast<la_int64_t>(entry.content.size()));
    EXPECT_EQ(archive_write_header(writer, header), ARCHIVE_OK) << entry.path;
    if (!entry.content.empty())
      archive_write_data(writer, entry.content.data(), entry.content.size());
    archive_entry_free(header);
  }
  archive_write_close(writer);
  archive_write_free(writer);
  bytes.resize(used);
  return bytes;
}

std::string tar_by_hand(const std::string& path, char type, const std::string& content) {
  // POSIX, "ustar Interchange Format": fields of fixed widths, numbers in octal, blocks of 512.
  std::string header(512, '\0');
  const auto put = [&](std::size_t at, const std::string& text) {
    header.replace(at, text.size(), text);
  };
  put(0, path);
  put(100, "0000644");
  put(124, fmt::format("{:011o}", content.size()));
  put(136, "00000000000");
  put(156, std::string(1, type));
  if (type == '1') put(157, "data/good");
  put(257, std::string("ustar\00000", 8));
  put(148, "        ");  // the checksum, as it counts itself
  put(148, fmt::format("{:06o}", std::accumulate(header.begin(), header.end(), 0)));
  header[154] = '\0';
  const std::size_t blocks = (content.size() + 511) / 512;
  std::string bytes = header + content;
  bytes.resize((1 + blocks + 2) * 512, '\0');
  return bytes;
}

std::string good_archive() {
  return tar_gz({{"data/", "", AE_IFDIR, ""},
                 {"data/one.bin", std::string(100'000, '1'), AE_IFREG, ""},
                 {"data/two.txt", "two", AE_IFREG, ""}});
}

std::string md5(const std::string& bytes) {
  Digest digest(Digest::Algorithm::md5);
  digest.update({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
  return digest.finish();
}

}  // namespace karnin::test
