// Weights by name: refused, or those of a network that is sound.
#include "formats/exchange/safetensors_model.h"
#include "runtime/core/error.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const karnin::Model kNetwork =
      karnin::make_model(karnin::make_chain("net", {1, 1, 1}, {{"fc", karnin::FullyConnected{2}}}));
  try {
    karnin::validate(karnin::decode_safetensors({data, size}, "fuzz", kNetwork));
  } catch (const karnin::FileError&) {
  }
  return 0;
}
