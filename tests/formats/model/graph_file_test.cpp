#include <gmock/gmock.h>

#include "formats/model/model_file.h"
#include "formats/model/model_sections.h"
#include "runtime/core/error.h"
#include "tests/support/error_message.h"
#include "tests/support/every_op.h"
#include "tests/support/random_model.h"

namespace karnin {
namespace {

using test::error_message;
using ::testing::HasSubstr;

/// What an old reader has no words for it must refuse by the feature alone.
TEST(GraphFile, RoundTripsUnderAFeatureOfItsOwn) {
  Model model = make_model(test::every_op());
  float value = 0;
  for (Parameter& parameter : model.parameters)
    for (float& x : parameter.value.span()) x = value += 0.25F;
  const std::vector<std::uint8_t> bytes = encode_model(model);
  EXPECT_EQ(features_of(bytes), Features::graph);
  EXPECT_EQ(decode_model(bytes, "file"), model);
  const CompactModel compact = decode_compact_model(bytes, "file");
  EXPECT_TRUE(static_cast<const ModelDescription&>(compact) == model);
  EXPECT_EQ(features_of(encode_model(test::tiny_model())), Features::none);
  const auto refusal = [](const Model& of, Features features) {
    const std::vector<std::uint8_t> forged = encode_container(model_sections(of), features);
    return error_message<FileError>([&] { decode_model(forged, "file"); });
  };
  EXPECT_THAT(refusal(model, Features::none), HasSubstr("features: expected 0x2 (a graph)"));
  EXPECT_THAT(refusal(test::tiny_model(), Features::graph), HasSubstr("expected no graph"));
  const std::vector<std::uint8_t> old = encode_container(model_sections(model), Features::graph, 2);
  EXPECT_THAT(error_message<FileError>([&] { decode_model(old, "file"); }),
              HasSubstr("features: expected none, got 0x2"));
}

}  // namespace
}  // namespace karnin
