#include "formats/exchange/safetensors_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <tuple>

#include "formats/exchange/float_bits.h"
#include "formats/io/byte_reader.h"
#include "formats/io/byte_writer.h"
#include "formats/io/json_view.h"
#include "runtime/core/finite.h"

namespace karnin {
namespace {

constexpr std::string_view kMetadata = "__metadata__";
constexpr std::size_t kMaxRank = 16;
constexpr std::int64_t kMostBytes = std::numeric_limits<std::int64_t>::max();

struct TypeWidth {
  std::string_view name;
  std::int64_t bytes;
};
constexpr auto kTypeWidths = std::to_array<TypeWidth>({{"F64", 8},
                                                       {"F32", 4},
                                                       {"F16", 2},
                                                       {"BF16", 2},
                                                       {"I64", 8},
                                                       {"I32", 4},
                                                       {"I16", 2},
                                                       {"I8", 1},
                                                       {"U64", 8},
                                                       {"U32", 4},
                                                       {"U16", 2},
                                                       {"U8", 1},
                                                       {"BOOL", 1}});

/// A tensor of the header, of which nobody knows yet whether the file has its bytes.
struct Claim {
  std::string name;
  SafeTensor tensor;
  std::int64_t begin = 0, end = 0;
};

/// Also of types that nobody reads here: their bytes have to be accounted for.
std::int64_t width_of(const JsonView& json) {
  const std::string name = json.text();
  const auto found = std::ranges::find(kTypeWidths, name, &TypeWidth::name);
  if (found == kTypeWidths.end()) json.fail("unknown type '" + name + "'");
  return found->bytes;
}

/// Nothing is made of what it says, however large: it is compared with the bytes that are there.
Claim read_claim(const std::string& name, const JsonView& json) {
  json.require_keys({"dtype", "shape", "data_offsets"});
  Claim claim{name, {json["dtype"].text(), {}, {}}};
  std::int64_t bytes = width_of(json["dtype"]);
  if (json["shape"].size() > kMaxRank)
    json["shape"].fail(fmt::format("expected at most {} dimensions", kMaxRank));
  for (const JsonView& dim : json["shape"].elements()) {
    claim.tensor.dims.push_back(dim.integer(0, kMostBytes));
    try {
      bytes = checked_mul(bytes, claim.tensor.dims.back());
    } catch (const ArgumentError& error) {
      dim.fail(error.what());
    }
  }
  const std::vector<std::int64_t> place = json["data_offsets"].integers(2, 0, kMostBytes);
  std::tie(claim.begin, claim.end) = std::tuple(place[0], place[1]);
  if (claim.end - claim.begin != bytes)
    json["data_offsets"].fail(
        fmt::format("expected {} bytes, got {} to {}", bytes, claim.begin, claim.end));
  return claim;
}

/// All of an object but the metadata, which are texts that mean nothing here.
std::vector<Claim> read_claims(const Json& header, const std::string& path) {
  std::vector<Claim> claims;
  if (!header.is_object()) JsonView(header, path, "header").fail("expected an object");
  for (const auto& [name, value] : header.items()) {
    const JsonView json(value, path, name);
    if (name != kMetadata)
      claims.push_back(read_claim(name, json));
    else if (!value.is_object())
      json.fail("expected an object");
  }
  std::ranges::sort(claims, {}, [](const Claim& c) { return std::pair(c.begin, c.end); });
  return claims;
}

/// Little-endian, and aligned by chance alone.
template <typename From>
void convert(std::span<const std::uint8_t> bytes, std::span<float> to, const auto& to_float) {
  for (std::size_t i = 0; i < to.size(); ++i) {
    From value{};
    std::memcpy(&value, bytes.data() + i * sizeof value, sizeof value);
    to[i] = to_float(value);
  }
}

/// "pt" is how PyTorch's files call themselves, and what its readers look for.
std::string header_of(std::span<const NamedFloats> tensors) {
  std::string header = R"({"__metadata__":{"format":"pt"})";
  std::size_t begin = 0;
  for (const NamedFloats& tensor : tensors) {
    const std::size_t end = begin + tensor.values.size_bytes();
    header += fmt::format(R"(,{}:{{"dtype":"F32","shape":[{}],"data_offsets":[{},{}]}})",
                          json_string(tensor.name), fmt::join(tensor.dims, ","), begin, end);
    begin = end;
  }
  header += '}';
  header.resize((header.size() + 7) / 8 * 8, ' ');  // values begin where eight bytes do
  return header;
}

/// The header, from behind its length on.
std::span<const std::uint8_t> take_header(ByteReader& reader) {
  const ByteReader start = reader;
  const auto length = reader.read<std::uint64_t>("length of the header");
  if (length > kMaxJsonBytes)
    start.fail(fmt::format("not a safetensors file: expected a header of at most {} bytes, got {}",
                           kMaxJsonBytes, length));
  return reader.bytes(length, "header");
}

}  // namespace

std::map<std::string, SafeTensor> parse_safetensors(std::span<const std::uint8_t> bytes,
                                                    const std::string& path) {
  ByteReader reader(bytes, path);
  const auto header = take_header(reader);
  const std::string_view text(reinterpret_cast<const char*>(header.data()), header.size());
  const Json json = parse_json(text, path, sizeof(std::uint64_t));
  const std::span<const std::uint8_t> data = reader.rest();
  std::map<std::string, SafeTensor> tensors;
  std::int64_t end = 0;
  for (Claim& claim : read_claims(json, path)) {
    if (claim.begin != end || std::cmp_greater(claim.end, data.size()))
      reader.fail(fmt::format("{}: expected bytes from {} on, of {}, got {} to {}", claim.name, end,
                              data.size(), claim.begin, claim.end));
    claim.tensor.bytes = data.subspan(static_cast<std::size_t>(claim.begin),
                                      static_cast<std::size_t>(claim.end - claim.begin));
    end = claim.end;
    tensors.emplace(std::move(claim.name), std::move(claim.tensor));
  }
  if (std::cmp_not_equal(end, data.size()))
    reader.fail(fmt::format("expected {} bytes of tensors, got {}", end, data.size()));
  return tensors;
}

void copy_floats(const SafeTensor& tensor, std::span<float> to) {
  if (tensor.type == "F32")
    convert<float>(tensor.bytes, to, [](float value) { return value; });
  else if (tensor.type == "F64")
    convert<double>(tensor.bytes, to, [](double value) { return static_cast<float>(value); });
  else if (tensor.type == "F16")
    convert<std::uint16_t>(tensor.bytes, to, from_half);
  else if (tensor.type == "BF16")
    convert<std::uint16_t>(tensor.bytes, to, from_bfloat);
  else
    throw ArgumentError("expected real numbers, got " + tensor.type);
  if (!are_finite(to)) throw ArgumentError("expected finite values");
}

std::vector<std::uint8_t> encode_floats_by_name(std::span<const NamedFloats> tensors) {
  const std::string header = header_of(tensors);
  std::size_t size = sizeof(std::uint64_t) + header.size();
  for (const NamedFloats& tensor : tensors) size += tensor.values.size_bytes();
  ByteWriter writer;
  writer.reserve(size);
  writer.write(std::uint64_t{header.size()});
  writer.text(header);
  for (const NamedFloats& tensor : tensors) writer.floats(tensor.values);
  return writer.take();
}

}  // namespace karnin
