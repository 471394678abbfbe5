#include "tests/support/failing_calls.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdarg>
#include <functional>
#include <map>
#include <utility>

namespace karnin::test {
namespace {

struct Plan {
  int left = 0;  // calls that still succeed
  bool for_good = false;
  int error = 0;
  bool happened = false;
};

std::map<std::string, Plan, std::less<>> plans;  // by the name of the call

bool must_fail(const char* name) {
  const auto found = plans.find(name);
  if (found == plans.end()) return false;
  Plan& plan = found->second;
  if ((plan.happened && !plan.for_good) || plan.left-- > 0) return false;
  plan.happened = true;
  errno = plan.error;
  return true;
}

}  // namespace

std::vector<std::string> failing_calls() {
  return {"open", "flock", "write", "fsync", "fchmod", "rename"};
}

FailingCalls::FailingCalls(std::string name, int nth, bool for_good, int error)
    : name_(std::move(name)) {
  plans[name_] = {nth, for_good, error, false};
}
FailingCalls::~FailingCalls() { plans.erase(name_); }
bool FailingCalls::happened() const { return plans.at(name_).happened; }

}  // namespace karnin::test

// Names that the linker gives to the calls of the code under test, and to the real ones.
extern "C" {
int __real_open(const char* path, int flags, ...);
ssize_t __real_read(int file, void* bytes, size_t count);
ssize_t __real_write(int file, const void* bytes, size_t count);
off_t __real_lseek(int file, off_t offset, int whence);
int __real_fsync(int file);
int __real_fchmod(int file, mode_t mode);
int __real_rename(const char* from, const char* to);
int __real_rmdir(const char* path);
int __real_renameat2(int from_folder, const char* from, int to_folder, const char* to,
                     unsigned flags);
int __real_link(const char* from, const char* to);
int __real_unlink(const char* path);
int __real_flock(int file, int operation);
char* __real_mkdtemp(char* name);

int __wrap_open(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(arguments, mode_t) : 0;
  va_end(arguments);
  return karnin::test::must_fail("open") ? -1 : __real_open(path, flags, mode);
}

ssize_t __wrap_read(int file, void* bytes, size_t count) {
  if (!karnin::test::must_fail("read")) return __real_read(file, bytes, count);
  return errno == 0 ? 0 : -1;
}

ssize_t __wrap_write(int file, const void* bytes, size_t count) {
  if (!karnin::test::must_fail("write")) return __real_write(file, bytes, count);
  return errno == 0 ? __real_write(file, bytes, (count + 1) / 2) : -1;
}

off_t __wrap_lseek(int file, off_t offset, int whence) {
  return karnin::test::must_fail("lseek") ? -1 : __real_lseek(file, offset, whence);
}

int __wrap_fsync(int file) { return karnin::test::must_fail("fsync") ? -1 : __real_fsync(file); }

int __wrap_fchmod(int file, mode_t mode) {
  return karnin::test::must_fail("fchmod") ? -1 : __real_fchmod(file, mode);
}

int __wrap_rename(const char* from, const char* to) {
  return karnin::test::must_fail("rename") ? -1 : __real_rename(from, to);
}

int __wrap_rmdir(const char* path) {
  return karnin::test::must_fail("rmdir") ? -1 : __real_rmdir(path);
}

int __wrap_renameat2(int from_folder, const char* from, int to_folder, const char* to,
                     unsigned flags) {
  if (karnin::test::must_fail("renameat2")) return -1;
  return __real_renameat2(from_folder, from, to_folder, to, flags);
}

int __wrap_link(const char* from, const char* to) {
  return karnin::test::must_fail("link") ? -1 : __real_link(from, to);
}

int __wrap_unlink(const char* path) {
  return karnin::test::must_fail("unlink") ? -1 : __real_unlink(path);
}

int __wrap_flock(int file, int operation) {
  return karnin::test::must_fail("flock") ? -1 : __real_flock(file, operation);
}

char* __wrap_mkdtemp(char* name) {
  return karnin::test::must_fail("mkdtemp") ? nullptr : __real_mkdtemp(name);
}
}
