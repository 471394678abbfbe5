// Architectures that people write: refused, or understood so that their canonical text is a fixed
// point.
#include <cstdlib>

#include "formats/model/architecture_json.h"
#include "runtime/core/error.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const karnin::Graph graph = karnin::architecture_from_json(text, "fuzz");
    const std::string canonical = karnin::architecture_to_json(graph);
    if (karnin::architecture_from_json(canonical, "fuzz") != graph) std::abort();
  } catch (const karnin::FileError&) {
  } catch (const karnin::ShapeError&) {
  }
  return 0;
}
