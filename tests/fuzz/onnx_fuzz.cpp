// ONNX files: refused, or understood as a network that is sound.
#include "formats/exchange/onnx_reader.h"
#include "runtime/core/error.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    karnin::validate(karnin::decode_onnx({data, size}, "fuzz"));  // what is unsound escapes
  } catch (const karnin::FileError&) {
  }
  return 0;
}
