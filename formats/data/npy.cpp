#include "formats/data/npy.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <string_view>
#include <utility>

#include "formats/data/npy_header.h"
#include "formats/io/atomic_file.h"
#include "runtime/core/error.h"

namespace karnin {
namespace {

static_assert(std::endian::native == std::endian::little);

constexpr std::uint64_t kMaxArrayBytes = std::uint64_t{1} << 40;
constexpr std::array<std::string_view, 10> kTypes{"u1", "u2", "u4", "u8", "i1",
                                                  "i2", "i4", "i8", "f4", "f8"};

/// "f4" of "<f4". A byte has no order, and NumPy writes "|u1".
std::string type_of(const NpyHeader& header, const std::string& path) {
  const std::string_view descr = header.descr;
  const bool known = descr.size() == 3 && std::ranges::count(kTypes, descr.substr(1)) == 1;
  const bool ordered = known && (descr[0] == '<' || (descr[0] == '|' && descr[2] == '1'));
  if (!ordered)
    throw FileError(path, 0,
                    fmt::format(".npy type: expected little-endian integers or floats (<f4, |u1, "
                                "...), got '{}'",
                                descr));
  return std::string(descr.substr(1));
}

void require_size(const NpyHeader& header, std::uint64_t item, std::uint64_t got,
                  const std::string& path) {
  std::uint64_t bytes = item;
  bool plausible = true;
  for (const std::int64_t dim : header.dims) {
    const auto count = static_cast<std::uint64_t>(dim);
    plausible = plausible && count >= 1 && bytes <= got / count;
    bytes *= count;
  }
  if (!plausible || bytes != got)
    throw FileError(path, header.bytes,
                    fmt::format(".npy shape ({}) of {}: expected as many bytes behind the header, "
                                "got {}",
                                fmt::join(header.dims, ", "), header.descr, got));
}

/// visit(number, its place) for each element, as T.
template <typename T, typename Visit>
void for_each_as(const NpyArray& array, const Visit& visit) {
  for (std::size_t at = 0; at < array.bytes.size(); at += sizeof(T)) {
    T value{};
    std::memcpy(&value, array.bytes.data() + at, sizeof(T));
    visit(value, array.header_bytes + at);
  }
}

template <typename Visit>
void for_each_integer(const NpyArray& array, const Visit& visit) {
  const bool is_signed = array.type[0] == 'i';
  switch (array.type[1]) {
    case '1':
      return is_signed ? for_each_as<std::int8_t>(array, visit)
                       : for_each_as<std::uint8_t>(array, visit);
    case '2':
      return is_signed ? for_each_as<std::int16_t>(array, visit)
                       : for_each_as<std::uint16_t>(array, visit);
    case '4':
      return is_signed ? for_each_as<std::int32_t>(array, visit)
                       : for_each_as<std::uint32_t>(array, visit);
    default:
      return is_signed ? for_each_as<std::int64_t>(array, visit)
                       : for_each_as<std::uint64_t>(array, visit);
  }
}

}  // namespace

std::int64_t NpyArray::elements() const {
  std::int64_t count = 1;
  for (const std::int64_t dim : dims) count *= dim;
  return count;
}

NpyArray read_npy(const std::filesystem::path& path) {
  std::vector<std::uint8_t> file = read_file(path, kMaxArrayBytes);
  NpyHeader header = parse_npy_header(file, path.string());
  const std::string type = type_of(header, path.string());
  require_size(header, static_cast<std::uint64_t>(type[1] - '0'), file.size() - header.bytes,
               path.string());
  if (header.fortran_order && header.dims.size() > 1)
    throw FileError(
        path.string(), 0,
        ".npy: expected rows before columns (fortran_order False), got the other order: "
        "save numpy.ascontiguousarray() of it");
  file.erase(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(header.bytes));
  return {type, std::move(header.dims), std::move(file), header.bytes};
}

std::vector<float> npy_floats(const NpyArray& array, const std::filesystem::path& path) {
  if (array.type[0] != 'f')
    throw FileError(path.string(), 0,
                    fmt::format(".npy type: expected bytes (u1) or floats, got '{}'", array.type));
  std::vector<float> values;
  values.reserve(static_cast<std::size_t>(array.elements()));
  const auto add = [&](auto value, std::size_t place) {
    if (!(std::abs(value) <= std::numeric_limits<float>::max()))
      throw FileError(path.string(), place,
                      fmt::format("expected finite floats of 32 bits, got {}", value));
    values.push_back(static_cast<float>(value));
  };
  if (array.type == "f4")
    for_each_as<float>(array, add);
  else
    for_each_as<double>(array, add);
  return values;
}

std::vector<std::uint8_t> npy_labels(const NpyArray& array, std::uint8_t most,
                                     const std::filesystem::path& path) {
  if (array.type[0] == 'f')
    throw FileError(path.string(), 0,
                    fmt::format(".npy type of labels: expected integers, got '{}'", array.type));
  std::vector<std::uint8_t> labels;
  labels.reserve(static_cast<std::size_t>(array.elements()));
  for_each_integer(array, [&](auto value, std::size_t place) {
    if (std::cmp_less(value, 0) || std::cmp_greater(value, most))
      throw FileError(path.string(), place,
                      fmt::format("label: expected 0 to {}, got {}", most, value));
    labels.push_back(static_cast<std::uint8_t>(value));
  });
  return labels;
}

std::vector<std::uint8_t> encode_npy(std::span<const std::int64_t> dims,
                                     std::span<const float> values) {
  constexpr std::size_t kPreamble = 10, kAlignment = 64;
  std::string text = fmt::format("{{'descr': '<f4', 'fortran_order': False, 'shape': ({},), }}",
                                 fmt::join(dims, ", "));
  while ((kPreamble + text.size() + 1) % kAlignment != 0) text += ' ';
  text += '\n';
  std::vector<std::uint8_t> file{0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};
  file.push_back(static_cast<std::uint8_t>(text.size() & 0xFFU));
  file.push_back(static_cast<std::uint8_t>(text.size() >> 8));
  file.insert(file.end(), text.begin(), text.end());
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(values.data());
  file.insert(file.end(), bytes, bytes + values.size_bytes());
  return file;
}

}  // namespace karnin
