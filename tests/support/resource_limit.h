// Limits of this process that a test lowers, put back at its end.
#pragma once

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>

namespace karnin::test {

/// Of RLIMIT_FSIZE, how far a file may grow: write(2) first falls short, then fails. Of
/// RLIMIT_NOFILE, how many files may be open: with 0 no other can be opened.
class ResourceLimit {
 public:
  using Resource = decltype(RLIMIT_FSIZE);

  ResourceLimit(Resource resource, rlim_t most) : resource_(resource) {
    getrlimit(resource_, &old_);
    const rlimit limit{most, old_.rlim_max};
    EXPECT_EQ(setrlimit(resource_, &limit), 0);
    old_handler_ = std::signal(SIGXFSZ, SIG_IGN);  // an error is wanted, not the end
  }
  ~ResourceLimit() {
    setrlimit(resource_, &old_);
    std::signal(SIGXFSZ, old_handler_);
  }
  ResourceLimit(const ResourceLimit&) = delete;
  ResourceLimit& operator=(const ResourceLimit&) = delete;

 private:
  Resource resource_;
  rlimit old_{};
  void (*old_handler_)(int) = SIG_DFL;
};

}  // namespace karnin::test
