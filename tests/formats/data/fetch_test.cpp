#include "formats/data/fetch.h"

#include <gmock/gmock.h>

#include "runtime/core/error.h"
#include "tests/formats/data/fetch_fixture.h"
#include "tests/support/resource_limit.h"

namespace karnin {
namespace {

namespace fs = std::filesystem;

using test::error_message;
using test::good_archive;
using test::http_response;
using test::HttpServer;
using test::md5;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

using Fetch = test::FetchFixture;

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
  EXPECT_EQ(cifar10_source().url, "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz");
  EXPECT_EQ(cifar10_source().bytes, 170'052'171U);
  const DownloadSource mirror = cifar10_source("http://mirror/c.tar.gz");
  EXPECT_EQ(mirror.url, "http://mirror/c.tar.gz");
  EXPECT_EQ(mirror.md5, "c32a1d4ab5d03f1284b67883e8d87530");
  EXPECT_EQ(mirror.folder, "cifar-10-batches-bin");
}

}  // namespace
}  // namespace karnin
