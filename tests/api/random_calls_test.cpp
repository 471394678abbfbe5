// Random sequences of calls; tests/fuzz/calls_fuzz.cpp looks for worse ones.
#include <gtest/gtest.h>

#include <random>

#include "tests/support/api_calls.h"
#include "tests/support/call_target.h"

namespace karnin {
namespace {

TEST(RandomCalls, KeepThePromisesOfTheHeader) {
  const std::vector<std::uint8_t> model = test::call_target();
  std::mt19937 rng(1);
  int refused = 0;
  for (int sequence = 0; sequence < 300; ++sequence) {
    std::vector<std::uint8_t> bytes(400);
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(rng());
    refused += test::call_at_random(bytes, model);
  }
  EXPECT_GT(refused, 1000);
}

}  // namespace
}  // namespace karnin
