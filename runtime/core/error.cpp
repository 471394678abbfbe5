#include "runtime/core/error.h"

#include <utility>

namespace karnin {

FileError::FileError(std::string path, std::uint64_t offset, const std::string& problem)
    : Error(problem + " (" + path + ", byte " + std::to_string(offset) + ")"),
      path_(std::move(path)),
      offset_(offset) {}

}  // namespace karnin
