#include "formats/data/fetch.h"

#include <gmock/gmock.h>

#include "runtime/core/error.h"
#include "tests/support/environment.h"
#include "tests/support/error_message.h"
#include "tests/support/http_server.h"
#include "tests/support/resource_limit.h"
#include "tests/support/tar_file.h"
#include "tests/support/temporary_directory.h"

namespace karnin {
namespace {

namespace fs = std::filesystem;

using test::error_message;
using test::good_archive;
using test::http_response;
using test::HttpServer;
using test::md5;
using test::tar_by_hand;
using test::tar_gz;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

using Entry = test::TarEntry;

class Fetch : public ::testing::Test {
 protected:
  /// What fetch() should expect when a server holds `archive`.
  static DownloadSource source(const HttpServer& server, const std::string& archive) {
    return {server.url(), md5(archive), archive.size(), "data"};
  }

  /// The message of the refusal, after which nothing may be left in the cache.
  std::string refusal(const DownloadSource& from) {
    const std::string message =
        error_message<DatasetMissingError>([&] { fetch(from, cache_, nullptr); });
    EXPECT_THAT(cache_entries(), IsEmpty());
    return message;
  }

  /// Of an archive that arrives whole and with the right MD5.
  std::string archive_refusal(const std::string& archive) {
    const HttpServer server(http_response("200 OK", archive));
    return refusal(source(server, archive));
  }

  std::vector<std::string> cache_entries() const {
    std::vector<std::string> names;
    for (const std::string& name : root_.entries())
      if (name != "cache") names.push_back(name);
    return names;
  }

  test::ScopedVariable no_proxy_{"no_proxy", "*"};
  test::TemporaryDirectory root_;
  fs::path cache_ = root_ / "cache";
};

TEST_F(Fetch, DownloadsVerifiesAndUnpacks) {
  const std::string archive = good_archive();
  const HttpServer server(http_response("200 OK", archive));
  std::uint64_t received = 0;
  std::uint64_t total = 0;
  const auto progress = [&](std::uint64_t now, std::uint64_t of) {
    EXPECT_GE(now, received);
    received = now;
    total = of;
  };
  EXPECT_EQ(fetch(source(server, archive), cache_, progress), cache_ / "data");
  EXPECT_EQ(received, archive.size());
  EXPECT_EQ(total, archive.size());
  EXPECT_THAT(cache_entries(),
              UnorderedElementsAre("cache/data", "cache/data/one.bin", "cache/data/two.txt"));
  EXPECT_EQ(test::read_bytes(cache_ / "data/one.bin"), std::vector<std::uint8_t>(100'000, '1'));
  EXPECT_EQ(fs::status(cache_ / "data").permissions(), fs::perms(0755));

  fetch(source(server, archive), cache_, nullptr);
  EXPECT_EQ(server.requests(), 1) << "what is there is not fetched again";
}

TEST_F(Fetch, AnEmptyDirectoryIsNoData) {
  const std::string archive = good_archive();
  const HttpServer server(http_response("200 OK", archive));
  fs::create_directories(cache_ / "data");
  fetch(source(server, archive), cache_, nullptr);
  EXPECT_TRUE(fs::exists(cache_ / "data/two.txt"));
}

TEST_F(Fetch, ReadsALocalCopy) {
  const std::string archive = good_archive();
  const test::TemporaryDirectory copy;
  test::write_text(copy / "a.tar.gz", archive);
  fetch({"file://" + (copy / "a.tar.gz").string(), md5(archive), archive.size(), "data"}, cache_,
        nullptr);
  EXPECT_TRUE(fs::exists(cache_ / "data/two.txt"));
}

TEST_F(Fetch, RefusesAnotherArchive) {
  const std::string archive = good_archive();
  const HttpServer server(http_response("200 OK", archive));
  DownloadSource from = source(server, archive);
  from.md5 = md5("another");
  EXPECT_THAT(refusal(from), HasSubstr("expected an archive with MD5 " + md5("another") + ", got " +
                                       md5(archive)));
}

TEST_F(Fetch, RefusesATruncatedBody) {
  const std::string archive = good_archive();
  const HttpServer cut(
      http_response("200 OK", archive.substr(0, 200), static_cast<long>(archive.size())));
  EXPECT_THAT(refusal(source(cut, archive)), HasSubstr("cannot download " + cut.url()));
  const HttpServer shorter(http_response("200 OK", archive.substr(0, 200)));
  EXPECT_THAT(refusal(source(shorter, archive)),
              HasSubstr("expected " + std::to_string(archive.size()) + " bytes, got 200"));
}

TEST_F(Fetch, CutsOffAnAnswerThatIsTooLong) {
  const std::string archive = good_archive();
  const HttpServer server(http_response("200 OK", archive + std::string(10'000'000, 'x')));
  EXPECT_THAT(refusal(source(server, archive)), HasSubstr("got at least"));
}

TEST_F(Fetch, ReportsHttpAndNetworkErrors) {
  const std::string archive = good_archive();
  const HttpServer server(http_response("404 Not Found", archive));
  EXPECT_THAT(refusal(source(server, archive)), HasSubstr("404"));
  std::string gone;
  {
    const HttpServer closed("");
    gone = closed.url();
  }
  EXPECT_THAT(refusal({gone, md5(archive), archive.size(), "data"}), HasSubstr(gone));
  EXPECT_THROW(fetch({"ftp://127.0.0.1/x", "", 1, "data"}, cache_, nullptr), DatasetMissingError);
}

TEST_F(Fetch, StopsWhenProgressThrowsEvenOnASilentServer) {
  const std::string archive = good_archive();
  const HttpServer server(http_response("200 OK", "", static_cast<long>(archive.size())),
                          HttpServer::Ending::stall);
  int calls = 0;
  const auto interrupt_later = [&](std::uint64_t, std::uint64_t) {
    if (++calls == 3) throw std::runtime_error("interrupted");
  };
  EXPECT_EQ(error_message<std::runtime_error>(
                [&] { fetch(source(server, archive), cache_, interrupt_later); }),
            "interrupted");
  EXPECT_THAT(cache_entries(), IsEmpty());
}

TEST_F(Fetch, RefusesEntriesOutsideTheFolder) {
  const Entry good{"data/good", "x", AE_IFREG, ""};
  for (const std::string path : {"../evil", "data/../evil", "data/..", "data/.", "/tmp/evil",
                                 "evil", "data/deep/evil", "database/evil", "data"})
    EXPECT_THAT(archive_refusal(tar_gz({good, {path, "x", AE_IFREG, ""}})),
                HasSubstr("expected regular files right inside 'data'"))
        << path;
  EXPECT_FALSE(fs::exists("/tmp/evil"));
}

TEST_F(Fetch, RefusesLinksAndDuplicates) {
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

TEST_F(Fetch, RefusesOtherDirectories) {
  for (const std::string path : {"other/", "data/deep/", "datab/"})
    EXPECT_THAT(archive_refusal(tar_gz({{path, "", AE_IFDIR, ""}})),
                HasSubstr("expected regular files right inside 'data', got '" + path + "'"));
}

/// Headers that are allowed, though libarchive writes others.
TEST_F(Fetch, KnowsWhatOtherProgramsWrite) {
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

TEST_F(Fetch, RefusesWhatIsNoArchiveOrHoldsNothing) {
  archive_refusal("this is not an archive, though somebody took its MD5");
  const std::string archive = good_archive();
  for (const std::size_t length :
       {std::size_t{0}, std::size_t{1}, archive.size() / 2, archive.size() - 1})
    archive_refusal(archive.substr(0, length));
  EXPECT_THAT(archive_refusal(tar_gz({{"data/", "", AE_IFDIR, ""}})),
              HasSubstr("expected files in 'data', got none"));
}

/// Whatever took the MD5 of a damaged archive: its own checksum is behind the last entry.
TEST_F(Fetch, ComparesTheArchivesOwnChecksum) {
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

TEST_F(Fetch, RefusesABomb) {
  const std::string bomb = tar_gz({{"data/zeros", std::string(20'000'000, '\0'), AE_IFREG, ""}});
  EXPECT_LT(bomb.size(), 100'000U);
  EXPECT_THAT(archive_refusal(bomb), HasSubstr("unpacks to more than expected"));
}

TEST_F(Fetch, WhatSomebodyElseFetchedMeanwhileIsKept) {
  const std::string archive = good_archive();
  const HttpServer server(http_response("200 OK", archive));
  const auto somebody_else = [&](std::uint64_t, std::uint64_t) {
    test::write_text(cache_ / "data/theirs", "as good");
  };
  EXPECT_EQ(fetch(source(server, archive), cache_, somebody_else), cache_ / "data");
  EXPECT_THAT(cache_entries(), UnorderedElementsAre("cache/data", "cache/data/theirs"));
}

TEST_F(Fetch, AFileInThePlaceOfTheDirectoryIsKeptAndNamed) {
  const std::string archive = good_archive();
  const HttpServer server(http_response("200 OK", archive));
  test::write_text(cache_ / "data", "a file");
  EXPECT_EQ(error_message<OutputError>([&] { fetch(source(server, archive), cache_, nullptr); }),
            "cannot write '" + (cache_ / "data").string() + "': Not a directory");
  EXPECT_THAT(cache_entries(), UnorderedElementsAre("cache/data"));
  EXPECT_EQ(test::read_bytes(cache_ / "data").size(), 6U);
}

TEST_F(Fetch, NoticesThatItsDirectoryWasRemoved) {
  const std::string archive = good_archive();
  const HttpServer server(http_response("200 OK", archive));
  const auto tidy_up = [&](std::uint64_t, std::uint64_t) {
    for (const fs::directory_entry& entry : fs::directory_iterator(cache_))
      fs::remove_all(entry.path());
  };
  EXPECT_THAT(error_message<OutputError>([&] { fetch(source(server, archive), cache_, tidy_up); }),
              AllOf(HasSubstr("cannot write '" + cache_.string()), HasSubstr("No such file")));
  EXPECT_THAT(cache_entries(), IsEmpty());
}

TEST_F(Fetch, AFullDiskIsNotTheFaultOfTheServer) {
  const std::string archive = good_archive();
  const HttpServer server(http_response("200 OK", archive));
  {
    const test::ResourceLimit limit(RLIMIT_FSIZE, 100);
    EXPECT_EQ(error_message<OutputError>([&] { fetch(source(server, archive), cache_, nullptr); }),
              "cannot write the download: File too large");
  }
  EXPECT_THAT(cache_entries(), IsEmpty());
}

TEST_F(Fetch, NamesACacheThatCannotBeWritten) {
  test::write_text(root_ / "file", "x");
  EXPECT_THROW(fetch({"http://127.0.0.1:1/", "", 1, "data"}, root_ / "file", nullptr), OutputError);
}

TEST(Cifar10Source, IsTheOfficialArchiveUnlessReplaced) {
  const test::ScopedVariable none("KARNIN_CIFAR10_URL", "");
  EXPECT_EQ(cifar10_source().url, "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz");
  EXPECT_EQ(cifar10_source().bytes, 170'052'171U);
  const test::ScopedVariable unset("KARNIN_CIFAR10_URL", std::nullopt);
  EXPECT_EQ(cifar10_source().url, "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz");
  const test::ScopedVariable mirror("KARNIN_CIFAR10_URL", "http://mirror/c.tar.gz");
  EXPECT_EQ(cifar10_source().url, "http://mirror/c.tar.gz");
  EXPECT_EQ(cifar10_source().md5, "c32a1d4ab5d03f1284b67883e8d87530");
  EXPECT_EQ(cifar10_source().folder, "cifar-10-batches-bin");
}

TEST(CacheDirectory, FollowsXdg) {
  const test::ScopedVariable home("HOME", "/home/somebody");
  const test::ScopedVariable cache("XDG_CACHE_HOME", "/var/cache/mine");
  EXPECT_EQ(cache_directory(), "/var/cache/mine/karnin-cpu");
  for (const char* invalid : {"", "relative/path"}) {
    const test::ScopedVariable unusable("XDG_CACHE_HOME", invalid);
    EXPECT_EQ(cache_directory(), "/home/somebody/.cache/karnin-cpu");
  }
  const test::ScopedVariable unset("XDG_CACHE_HOME", std::nullopt);
  EXPECT_EQ(cache_directory(), "/home/somebody/.cache/karnin-cpu");
  const test::ScopedVariable homeless("HOME", std::nullopt);
  EXPECT_EQ(cache_directory(), "./.cache/karnin-cpu");
}

}  // namespace
}  // namespace karnin
