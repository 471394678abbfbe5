// A run that can go on: a model, a text that says which run it is, and named arrays that are its
// state. What they mean is the business of whoever runs (train/session/checkpoint.h). There is no
// place for a random generator's state: every draw is a hash of where it is used
// (core/counter_rng.h).
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "runtime/graph/model.h"

namespace karnin {

/// Kept to the bit: infinities and NaN too, since sums may have got there.
struct NumberArray {
  std::string name;
  std::variant<std::vector<float>, std::vector<double>, std::vector<std::uint64_t>> values;
  bool operator==(const NumberArray&) const = default;
};

struct Checkpoint {
  Model model;
  std::string run;                  ///< a JSON object
  std::vector<NumberArray> arrays;  ///< at most kMaxArrays, each name once
  bool operator==(const Checkpoint&) const = default;

  /// The values of an array. Throws ArgumentError unless there is one of that name and type, with
  /// `count` values (any number if it is negative).
  template <typename T>
  std::span<const T> numbers(const std::string& name, std::int64_t count = -1) const;
};

inline constexpr std::size_t kMaxArrays = 1024;

/// Serialises it. Throws as encode_model() does, and ArgumentError for bad names of arrays.
std::vector<std::uint8_t> encode_checkpoint(const Checkpoint& checkpoint);

/// The inverse, as careful as decode_model(). Throws FileError.
Checkpoint decode_checkpoint(std::span<const std::uint8_t> bytes, const std::string& path);

/// decode_checkpoint of a whole file. Throws FileError also where it cannot be read.
Checkpoint read_checkpoint(const std::filesystem::path& path);

/// encode_checkpoint through replace_file() (atomic_file.h): whatever happens while it writes, the
/// file is this checkpoint or the one before. Throws OutputError.
void write_checkpoint(const std::filesystem::path& path, const Checkpoint& checkpoint);

/// The model of a file, be it a model file or a checkpoint. Throws FileError.
Model read_model_or_checkpoint(const std::filesystem::path& path);

}  // namespace karnin
