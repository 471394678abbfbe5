#include "formats/data/dataset_hint.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <iterator>
#include <string_view>

#include "formats/io/file_status.h"

namespace karnin {
namespace {

namespace fs = std::filesystem;

/// Letters and digits of a name, as they are compared: "T10K-images.idx3-ubyte" is
/// "t10kimagesidx3...".
std::string bare(std::string_view name) {
  std::string text;
  for (const char c : name)
    if (std::isalnum(static_cast<unsigned char>(c)) != 0)
      text += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

struct Near {
  std::string_view begins;  ///< bare() of the name
  std::string_view file;    ///< what to do with a file
  std::string_view folder;  ///< and with a directory; empty: it is none of these
};

/// The first that fits counts.
constexpr Near kNear[] = {
    {"cifar100", "", ""},
    {"cifar10batchespy", "", "expected CIFAR-10's binary version, not the one for Python"},
    {"cifar10", "unpack it and name the directory that comes out", "name that directory"},
    {"fashionmnist", "unpack it and name the directory that comes out", "name that directory"},
    {"testbatch", "expected test_batch.bin, of CIFAR-10's binary version", ""},
    {"databatch", "expected test_batch.bin beside it, of CIFAR-10's binary version", ""},
    {"t10kimages", "expected the name t10k-images-idx3-ubyte, or with .gz", ""},
    {"t10klabels", "expected t10k-images-idx3-ubyte beside it, or with .gz", ""},
    {"trainimages", "expected t10k-images-idx3-ubyte beside it, or with .gz", ""},
    {"trainlabels", "expected t10k-images-idx3-ubyte beside it, or with .gz", ""},
    {"xtrain", "expected the names train_x.npy and train_y.npy", ""},
    {"xtest", "expected the names test_x.npy and test_y.npy", ""},
    {"train", "", "expected the name train, and a folder for each class in it"}};

}  // namespace

std::string dataset_hint(const fs::path& directory) {
  if (!is_directory_there(directory)) return "";
  for (const fs::path& entry : entries_of(directory)) {
    const std::string name = entry.filename().string(), letters = bare(name);
    std::error_code error;
    const bool folder = fs::is_directory(entry, error);
    const auto* near = std::ranges::find_if(
        kNear, [&](std::string_view begins) { return letters.starts_with(begins); }, &Near::begins);
    if (near == std::end(kNear)) continue;
    if (const std::string_view advice = folder ? near->folder : near->file; !advice.empty())
      return fmt::format("; '{}' is there: {}", name, advice);
  }
  return "";
}

std::string name_hint(const fs::path& missing) {
  const std::string expected = missing.stem().string();
  for (const fs::path& entry : entries_of(missing.parent_path()))
    if (const std::string name = entry.filename().string(); bare(name).starts_with(bare(expected)))
      return fmt::format("; '{}' is there: expected the name {}, or with .gz", name, expected);
  return "";
}

std::string tilde_hint(const std::string& path) {
  if (!path.starts_with('~')) return "";
  return "; only a shell knows what ~ is, and not inside quotes: write $HOME instead";
}

}  // namespace karnin
