// Plans of the paper's network: refused, or understood so that their text is a fixed point.
#include <cstdlib>

#include "formats/plan/plan_file.h"
#include "runtime/core/error.h"
#include "runtime/graph/networks.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const karnin::Graph graph = karnin::khanal2018();
  try {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const std::string kept =
        karnin::plans_to_json(graph, karnin::plans_from_json(text, "fuzz", graph));
    if (karnin::plans_to_json(graph, karnin::plans_from_json(kept, "fuzz", graph)) != kept)
      std::abort();
  } catch (const karnin::FileError&) {
  }
  return 0;
}
