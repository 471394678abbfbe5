// Makes system calls fail at a chosen moment. A test program that links failing_calls.cpp needs the
// linker's --wrap for each of them: tests/formats/CMakeLists.txt.
#pragma once

#include <string>
#include <vector>

namespace karnin::test {

/// The calls that replacing a file makes, and that can fail. So can "unlink", which it makes only
/// where another has failed, "renameat2" and "link", which creating one makes, and "read", "lseek",
/// "mkdtemp" and "rmdir", which others make.
std::vector<std::string> failing_calls();

/// While it lives, the `nth` call (from 0) of that name fails with `error`, and with `for_good` all
/// that follow too. Error 0 stands for a write of half of the bytes, and for a read at the end of
/// the file. At most one of a name at a time.
class FailingCalls {
 public:
  FailingCalls(std::string name, int nth, bool for_good, int error);
  ~FailingCalls();
  FailingCalls(const FailingCalls&) = delete;
  FailingCalls& operator=(const FailingCalls&) = delete;

  /// Whether any has failed so far.
  bool happened() const;

 private:
  std::string name_;
};

}  // namespace karnin::test
