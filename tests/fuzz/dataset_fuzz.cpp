// The readers of data sets, which want files: the first byte says which of them reads the others.
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "formats/data/cifar10.h"
#include "formats/data/idx.h"
#include "formats/data/npy.h"
#include "formats/io/file_descriptor.h"
#include "runtime/core/error.h"

namespace karnin {
namespace {

namespace fs = std::filesystem;

/// In memory where there is such a place, and made once: only contents change.
class Folder {
 public:
  Folder() : path_(fs::path(fs::exists("/dev/shm") ? "/dev/shm" : "/tmp") / name()) {
    fs::create_directories(path_);
    for (std::size_t i = 0; i < files_.size(); ++i)
      files_[i] = FileDescriptor(open((path_ / kNames[i]).c_str(), O_RDWR | O_CREAT, 0600));
  }
  ~Folder() { fs::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  static constexpr std::array kNames{"data_batch_1.bin", "test_batch.bin", "idx", "array.npy"};

  fs::path write(std::size_t file, const std::uint8_t* data, std::size_t size) const {
    const auto length = static_cast<ssize_t>(size);
    if (pwrite(files_[file].get(), data, size, 0) != length ||
        ftruncate(files_[file].get(), length) != 0)
      std::abort();
    return path_ / kNames[file];
  }
  const fs::path& path() const { return path_; }

 private:
  static std::string name() { return "karnin-fuzz-" + std::to_string(getpid()); }
  fs::path path_;
  std::array<FileDescriptor, kNames.size()> files_;
};

/// As images, as floats and as labels, whatever it can be taken for.
void use(const NpyArray& array) {
  const auto elements = static_cast<std::size_t>(array.elements());
  if (elements * array.item_bytes() != array.bytes.size()) std::abort();
  const bool floats = array.type[0] == 'f';
  const std::size_t read =
      floats ? npy_floats(array, "fuzz").size() : npy_labels(array, 255, "fuzz").size();
  if (read != elements) std::abort();
}

void read(int reader, const std::uint8_t* data, std::size_t size) {
  static const Folder folder;
  if (reader == 0) {
    folder.write(0, data, size);
    folder.write(1, data, size);
    const Dataset set = read_cifar10(folder.path());
    if (set.train.size() * 3073 != static_cast<std::int64_t>(size)) std::abort();
  } else if (reader == 3) {
    use(read_npy(folder.write(3, data, size)));
  } else {
    const IdxArray array = read_idx(folder.write(2, data, size), reader == 1 ? 1 : 3);
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
    karnin::read(data[0] % 4, data + 1, size - 1);
  } catch (const karnin::FileError&) {
  }
  return 0;
}
