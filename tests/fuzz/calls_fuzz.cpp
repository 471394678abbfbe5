// The C ABI: whatever is called in whatever order, every answer keeps karnin.h's promises.
#include "tests/support/api_calls.h"
#include "tests/support/call_target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::vector<std::uint8_t> model = karnin::test::call_target();
  karnin::test::call_at_random({data, size}, model);
  return 0;
}
