// The codings of tensors without the file around them, many times as fast as whole files: whatever
// is read is written again byte for byte in the same coding. The first three bytes are version and
// shape.
#include <algorithm>
#include <cstdlib>

#include "formats/coding/tensor_codec.h"
#include "runtime/core/error.h"
#include "tests/support/same_codings.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 3) return -1;
  const std::uint32_t version = data[0] % 2 == 0 ? 2 : karnin::kFormatVersion;
  const std::int64_t scale = data[0] % 4 < 2 ? 1 : 8;  // few weights, or enough for a large tensor
  const std::int64_t rows = scale * (1 + data[1] % 32);
  const std::int64_t columns = scale * (1 + data[2] % 32);
  const std::span payload(data + 3, size - 3);
  try {
    const karnin::ParameterSpec spec{"w", 0, karnin::Role::weight, {rows, columns}};
    const karnin::Parameter parameter =
        karnin::decode_parameter(karnin::ByteReader(payload, "fuzz"), spec, version);
    const auto again = karnin::test::encode_like(parameter, karnin::ByteReader(payload, "fuzz"));
    if (!std::ranges::equal(again, payload)) std::abort();
  } catch (const karnin::FileError&) {
  }
  return 0;
}
