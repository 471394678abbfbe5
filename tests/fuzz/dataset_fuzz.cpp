// The readers of data sets, which want files: the first byte says which of them reads the others.
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "formats/cifar10.h"
#include "formats/idx.h"
#include "runtime/core/error.h"

namespace karnin {
namespace {

namespace fs = std::filesystem;

/// In memory where there is such a place: files are written a thousand times a second.
class Folder {
 public:
  Folder() : path_(fs::path(fs::exists("/dev/shm") ? "/dev/shm" : "/tmp") / name()) {
    fs::create_directories(path_);
  }
  ~Folder() { fs::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  fs::path write(const std::string& name, const std::uint8_t* data, std::size_t size) const {
    std::ofstream(path_ / name, std::ios::binary)
        .write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
    return path_ / name;
  }
  const fs::path& path() const { return path_; }

 private:
  static std::string name() { return "karnin-fuzz-" + std::to_string(getpid()); }
  fs::path path_;
};

void read(int reader, const std::uint8_t* data, std::size_t size) {
  static const Folder folder;
  if (reader == 0) {
    folder.write("data_batch_1.bin", data, size);
    folder.write("test_batch.bin", data, size);
    const Dataset set = read_cifar10(folder.path());
    if (set.train.size() * 3073 != static_cast<std::int64_t>(size)) std::abort();
  } else {
    const IdxArray array = read_idx(folder.write("idx", data, size), reader == 1 ? 1 : 3);
    std::size_t count = 1;
    for (const std::uint32_t dim : array.dims) count *= dim;
    if (array.values.size() != count) std::abort();
  }
}

}  // namespace
}  // namespace karnin

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  try {
    karnin::read(data[0] % 3, data + 1, size - 1);
  } catch (const karnin::FileError&) {
  }
  return 0;
}
