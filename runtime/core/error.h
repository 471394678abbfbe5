// The exceptions that bad input raises. A bug in this code base asserts instead.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

namespace karnin {

/// Base of everything the library throws. what() names what was expected, what came, and where.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A value given by the caller (a flag, an option, an environment variable) is out of its domain.
class ArgumentError : public Error {
 public:
  using Error::Error;
};

/// Layers or tensors whose shapes do not fit together.
class ShapeError : public Error {
 public:
  using Error::Error;
};

/// A file that is missing, unreadable or unsound. The message ends with the path and byte offset.
class FileError : public Error {
 public:
  FileError(std::string path, std::uint64_t offset, const std::string& problem);
  const std::string& path() const { return path_; }
  std::uint64_t offset() const { return offset_; }

 private:
  std::string path_;
  std::uint64_t offset_;
};

/// A network that gives an infinity or NaN for an answer: its weights overflow.
class NonFiniteError : public Error {
 public:
  using Error::Error;
};

/// A data set that is not there; the message carries the one command that gets it.
class DatasetMissingError : public Error {
 public:
  using Error::Error;
};

/// A file or directory that could not be written. Whatever stood there before is unharmed, but for
/// a file that can only be overwritten (formats/io/atomic_file.h).
class OutputError : public Error {
 public:
  using Error::Error;
};

}  // namespace karnin
