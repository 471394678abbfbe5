// The files that a network is read from, and what may be made of them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

namespace karnin {

/// Which bytes of a file were read.
class OnnxCoverage {
 public:
  /// How many from `begin` to before `end` are new.
  std::uint64_t add(std::uint64_t begin, std::uint64_t end);

 private:
  std::map<std::uint64_t, std::uint64_t> ranges_;  ///< from where to where, none touching another
};

/// Where tensors come from, and how much may still be made of what is there.
struct OnnxSource {
  std::string path;                 ///< for messages
  std::filesystem::path directory;  ///< where other files may be; none if empty
  std::uint64_t allowance = 0;      ///< bytes
  std::map<std::filesystem::path, OnnxCoverage> others;  ///< without symlinks

  /// Before bytes of another file are read: they count as the file's own, however often that is.
  void count(const std::filesystem::path& other, std::uint64_t begin, std::uint64_t end);
  /// Before so many values are made, eight bytes each at most. Throws ArgumentError when that is
  /// more than is left.
  void spend(std::int64_t values);
};

}  // namespace karnin
