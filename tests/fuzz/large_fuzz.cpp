// The codings of large tensors for few weights, which they work for too, many times as fast as
// large tensors: whatever is read is written again byte for byte in the same coding. The first
// three bytes are coding and shape.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <numeric>

#include "formats/coding/large_values.h"
#include "formats/coding/mask_symbols.h"
#include "runtime/core/error.h"

namespace karnin {
namespace {

using Bytes = std::vector<std::uint8_t>;

void require_same(const Bytes& written, std::span<const std::uint8_t> bytes, std::size_t read) {
  if (!std::ranges::equal(written, bytes.first(read))) std::abort();
}

void read_values(std::span<const std::uint8_t> bytes, ValueCoding coding, KeptValues kept) {
  ByteReader reader(bytes, "fuzz");
  decode_large_values(reader, coding, kept);
  require_same(encode_values_as(coding, kept).value(), bytes, bytes.size() - reader.remaining());
}

/// The caller of decode_mask_symbols() counts what was kept; so does this.
void read_mask(std::span<const std::uint8_t> bytes, std::size_t elements, std::uint64_t kept) {
  ByteReader reader(bytes, "fuzz");
  Mask mask(elements);
  decode_mask_symbols(reader, mask, kept);
  if (std::accumulate(mask.begin(), mask.end(), std::uint64_t{0}) != kept) return;
  require_same(encode_mask_symbols(mask, kept), bytes, bytes.size() - reader.remaining());
}

void read(unsigned coding, std::size_t rows, std::size_t columns,
          std::span<const std::uint8_t> bytes) {
  using enum ValueCoding;
  constexpr std::array kCodings{plain, large_floats, large_integers, large_codebook};
  if (coding < kCodings.size()) {
    KeptValues kept{std::vector<float>(rows * columns), std::vector(rows, columns)};
    read_values(bytes, kCodings[coding], std::move(kept));
  } else if (!bytes.empty()) {
    const std::size_t most = rows * columns - 1;
    read_mask(bytes.subspan(1), rows * columns, 1 + bytes[0] * most / 255);
  }
}

}  // namespace
}  // namespace karnin

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 3) return -1;
  try {
    karnin::read(data[0] % 5, 1 + data[1] % 32, 1 + data[2] % 32, {data + 3, size - 3});
  } catch (const karnin::FileError&) {
  }
  return 0;
}
