// Models on disk. The layout is normative in FORMAT.md.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "formats/coding/tensor_form.h"
#include "runtime/graph/compact_model.h"

namespace karnin {

/// Serialises a model, every tensor in its smallest form, one after the other: needs memory for the
/// file and one of them. Throws ShapeError or ArgumentError for a model that is not sound
/// (validate()) or not storable: numbers that are not finite, long or unprintable names, provenance
/// that is not a JSON object.
std::vector<std::uint8_t> encode_model(const Model& model);

/// The inverse. Trusts nothing: every size is checked before anything is allocated, every byte is
/// covered by a checksum, and the result passes validate(). `path` is only for messages.
/// Throws FileError.
Model decode_model(std::span<const std::uint8_t> bytes, const std::string& path);

/// decode_model of a whole file. Throws FileError also where it cannot be read.
Model read_model(const std::filesystem::path& path);

/// read_model for inference: weights that the file holds by their kept ones stay so. Needs memory
/// for these and, beside it, for decoding the largest tensor (FORMAT.md, "Memory"). Throws
/// FileError.
CompactModel decode_compact_model(std::span<const std::uint8_t> bytes, const std::string& path);
CompactModel read_compact_model(const std::filesystem::path& path);

/// Whether the file is sound, and how much it holds, with memory for one tensor at a time. Throws
/// what read_model() would.
ParameterCount verify_model(const std::filesystem::path& path);

/// encode_model through replace_file() (atomic_file.h). Throws OutputError.
void write_model(const std::filesystem::path& path, const Model& model);

/// What `inspect` shows of a stored tensor.
struct TensorSummary {
  std::string name;
  Dims dims;
  std::int64_t nonzero = 0;
  TensorForm form;
  std::int64_t bytes = 0;
};
std::vector<TensorSummary> summarise(std::span<const std::uint8_t> bytes, const std::string& path);

/// Bytes of so many parameters as plain f32: what "dense_bytes" means everywhere.
constexpr std::int64_t dense_bytes(std::int64_t parameters) {
  return parameters * static_cast<std::int64_t>(sizeof(float));
}
inline std::int64_t dense_bytes(const Model& model) { return dense_bytes(model.parameter_count()); }

}  // namespace karnin
