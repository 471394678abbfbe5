#include "train/session/identity.h"

#include <gmock/gmock.h>

#include "runtime/core/error.h"
#include "tests/support/error_message.h"

namespace karnin {
namespace {

using Json = nlohmann::ordered_json;

/// What the watcher was told is put in `told`.
std::string differences_of(const Json& saved, const Json& identity, std::string* told = nullptr) {
  Watcher watcher;
  watcher.word = [&](const std::string& text) {
    if (told != nullptr) *told += text;
  };
  return differences(saved.dump(), identity, watcher);
}

TEST(Identity, HasNoDifferenceFromItself) {
  const Json run{{"epochs", 2}, {"isa", "avx2"}, {"layers", {"fc1"}}};
  EXPECT_EQ(differences_of(run, run), "");
  EXPECT_NO_THROW(require_same_run(run.dump(), run, {}));
}

TEST(Identity, NamesEveryDifferenceOnce) {
  EXPECT_EQ(differences_of({{"epochs", 2}, {"batch", 4}, {"flip", true}},
                           {{"epochs", 3}, {"batch", 4}, {"average", 0.5}}),
            "epochs was 2, is 3; flip was true, is not given; average was not given, is 0.5");
}

TEST(Identity, AFileIsWhatItsDigestIs) {
  const Json there{{"model", "a.bin"}, {"model_sha256", "11"}};
  EXPECT_EQ(differences_of(there, {{"model", "b.bin"}, {"model_sha256", "11"}}), "");
  EXPECT_EQ(differences_of(there, {{"model", "a.bin"}, {"model_sha256", "22"}}),
            R"(model_sha256 was "11", is "22")");
  EXPECT_EQ(differences_of({{"model", "a.bin"}}, {{"model", "b.bin"}}),
            R"(model was "a.bin", is "b.bin")");
}

TEST(Identity, AnotherInstructionSetIsOnlyTold) {
  std::string told;
  EXPECT_EQ(differences_of({{"isa", "avx2"}}, {{"isa", "avx512"}}, &told), "");
  EXPECT_EQ(told, R"(the last bits of the weights may change: isa was "avx2", is "avx512")");
}

TEST(Identity, WhatIsNoObjectIsAnotherRun) {
  const auto compare = [] { require_same_run("garbage", Json{{"epochs", 2}}, {}); };
  EXPECT_THAT(test::error_message<ArgumentError>(compare),
              testing::AllOf(testing::HasSubstr("epochs was not given, is 2"),
                             testing::HasSubstr("expected another --out, or --overwrite")));
}

}  // namespace
}  // namespace karnin
