// Archives that arrive whole, but are not what was asked for.
#include "formats/data/archive.h"

#include <gmock/gmock.h>

#include "tests/formats/data/fetch_fixture.h"

namespace karnin {
namespace {

namespace fs = std::filesystem;

using test::good_archive;
using test::http_response;
using test::HttpServer;
using test::tar_by_hand;
using test::tar_gz;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using Entry = test::TarEntry;

class Archive : public test::FetchFixture {
 protected:
  /// Of an archive that arrives whole and with the right MD5.
  std::string archive_refusal(const std::string& archive) {
    const HttpServer server(http_response("200 OK", archive));
    return refusal(source(server, archive));
  }
};

TEST_F(Archive, RefusesEntriesOutsideTheFolder) {
  const Entry good{"data/good", "x", AE_IFREG, ""};
  for (const std::string path : {"../evil", "data/../evil", "data/..", "data/.", "/tmp/evil",
                                 "evil", "data/deep/evil", "database/evil", "data"})
    EXPECT_THAT(archive_refusal(tar_gz({good, {path, "x", AE_IFREG, ""}})),
                HasSubstr("expected regular files right inside 'data'"))
        << path;
  EXPECT_FALSE(fs::exists("/tmp/evil"));
}

TEST_F(Archive, RefusesLinksAndDuplicates) {
  const Entry good{"data/good", "x", AE_IFREG, ""};
  EXPECT_THAT(archive_refusal(tar_gz({good, {"data/link", "", AE_IFLNK, "/etc/passwd"}})),
              HasSubstr("'data/link'"));
  EXPECT_THAT(archive_refusal(tar_gz({good, {"data/hard", "", AE_IFREG, "data/good"}})),
              HasSubstr("'data/hard'"));
  const std::string twice = tar_gz({good, good});
  const HttpServer server(http_response("200 OK", twice));
  EXPECT_THROW(fetch(source(server, twice), cache_, nullptr), OutputError);
  EXPECT_THAT(cache_entries(), IsEmpty());
}

TEST_F(Archive, RefusesOtherDirectories) {
  for (const std::string path : {"other/", "data/deep/", "datab/"})
    EXPECT_THAT(archive_refusal(tar_gz({{path, "", AE_IFDIR, ""}})),
                HasSubstr("expected regular files right inside 'data', got '" + path + "'"));
}

/// Headers that are allowed, though libarchive writes others.
TEST_F(Archive, KnowsWhatOtherProgramsWrite) {
  EXPECT_THAT(archive_refusal(tar_by_hand("data", '5', "")),
              HasSubstr("expected files in 'data', got none"))
      << "the folder itself, though without a slash";
  EXPECT_THAT(archive_refusal(tar_by_hand("data/hard", '1', "x")), HasSubstr("'data/hard'"))
      << "a hard link with a content";
  EXPECT_THAT(archive_refusal(tar_by_hand("data/", '0', "")),
              HasSubstr("expected files in 'data', got none"))
      << "a directory as the first programs wrote it";
  EXPECT_THAT(archive_refusal(tar_by_hand("", '0', "x")), HasSubstr("got ''"));
  const std::string sound = tar_by_hand("data/file", '0', "x");
  const HttpServer server(http_response("200 OK", sound));
  fetch(source(server, sound), cache_, nullptr);
  EXPECT_EQ(test::read_bytes(cache_ / "data/file"), std::vector<std::uint8_t>{'x'});
}

TEST_F(Archive, RefusesWhatIsNoArchiveOrHoldsNothing) {
  archive_refusal("this is not an archive, though somebody took its MD5");
  const std::string archive = good_archive();
  for (const std::size_t length :
       {std::size_t{0}, std::size_t{1}, archive.size() / 2, archive.size() - 1})
    archive_refusal(archive.substr(0, length));
  EXPECT_THAT(archive_refusal(tar_gz({{"data/", "", AE_IFDIR, ""}})),
              HasSubstr("expected files in 'data', got none"));
}

/// Whatever took the MD5 of a damaged archive: its own checksum is behind the last entry.
TEST_F(Archive, ComparesTheArchivesOwnChecksum) {
  for (const std::string& archive : {good_archive(), test::tar_gz({{"data/f", "x", AE_IFREG, ""}})})
    for (std::size_t lost = 1; lost <= 8; ++lost)
      EXPECT_THAT(archive_refusal(archive.substr(0, archive.size() - lost)),
                  HasSubstr("before the checksum"));
  for (std::size_t at = 1; at <= 8; ++at) {
    std::string flipped = good_archive();
    flipped[flipped.size() - at] ^= 1;
    EXPECT_THAT(archive_refusal(flipped), HasSubstr("gzip: "));
  }
  EXPECT_THAT(archive_refusal(good_archive() + "more"), HasSubstr("gzip: "));
}

TEST_F(Archive, RefusesABomb) {
  const std::string bomb = tar_gz({{"data/zeros", std::string(20'000'000, '\0'), AE_IFREG, ""}});
  EXPECT_LT(bomb.size(), 100'000U);
  EXPECT_THAT(archive_refusal(bomb), HasSubstr("unpacks to more than expected"));
}

}  // namespace
}  // namespace karnin
