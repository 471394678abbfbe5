// A cache to fetch into, and servers of this machine to fetch from.
#pragma once

#include <gmock/gmock.h>

#include <filesystem>
#include <string>
#include <vector>

#include "formats/data/fetch.h"
#include "runtime/core/error.h"
#include "tests/support/environment.h"
#include "tests/support/error_message.h"
#include "tests/support/http_server.h"
#include "tests/support/tar_file.h"
#include "tests/support/temporary_directory.h"

namespace karnin::test {

class FetchFixture : public ::testing::Test {
 protected:
  /// What fetch() should expect when a server holds `archive`.
  static DownloadSource source(const HttpServer& server, const std::string& archive) {
    return {server.url(), md5(archive), archive.size(), "data"};
  }

  /// The message of the refusal, after which nothing may be left in the cache.
  std::string refusal(const DownloadSource& from) {
    const std::string message =
        error_message<DatasetMissingError>([&] { fetch(from, cache_, nullptr); });
    EXPECT_THAT(cache_entries(), ::testing::IsEmpty());
    return message;
  }

  std::vector<std::string> cache_entries() const {
    std::vector<std::string> names;
    for (const std::string& name : root_.entries())
      if (name != "cache") names.push_back(name);
    return names;
  }

  ScopedVariable no_proxy_{"no_proxy", "*"};
  TemporaryDirectory root_;
  std::filesystem::path cache_ = root_ / "cache";
};

}  // namespace karnin::test
