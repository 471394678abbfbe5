#include "formats/model_file.h"

#include <gmock/gmock.h>

#include <limits>

#include "runtime/core/error.h"
#include "tests/formats/random_model.h"
#include "tests/support/error_message.h"
#include "tests/support/temporary_directory.h"

namespace karnin {
namespace {

using test::error_message;
using ::testing::HasSubstr;

/// Both directions: nothing of the model is lost, and the bytes are the only ones for it.
void expect_round_trip(const Model& model, const std::string& what) {
  const std::vector<std::uint8_t> bytes = encode_model(model);
  const Model back = decode_model(bytes, "file");
  EXPECT_EQ(back, model) << what;
  EXPECT_EQ(encode_model(back), bytes) << what;
}

TEST(ModelFile, RandomModelsRoundTrip) {
  for (std::uint32_t seed = 0; seed < 300; ++seed)
    expect_round_trip(test::random_model(seed), "seed " + std::to_string(seed));
}

TEST(ModelFile, EdgesRoundTrip) {
  expect_round_trip(make_model(khanal2018()), "all zero, no masks");
  expect_round_trip(test::tiny_model(), "tiny");
  expect_round_trip(test::wide_model(), "wide");
  Model all_pruned = make_model(khanal2018());
  for (Parameter& parameter : all_pruned.parameters)
    parameter.mask.assign(static_cast<std::size_t>(parameter.value.size()), 0);
  expect_round_trip(all_pruned, "nothing kept");
  Model empty_names = test::tiny_model();
  empty_names.architecture.name.clear();
  empty_names.classes = {"", "", ""};
  empty_names.provenance = "{}";
  expect_round_trip(empty_names, "empty names");
}

TEST(ModelFile, PrunedModelsAreSmaller) {
  Model model = make_model(khanal2018());
  std::mt19937 rng(3);
  for (Parameter& parameter : model.parameters)
    for (float& value : parameter.value.span()) value = static_cast<float>(rng() % 100) + 1.0F;
  const std::size_t dense = encode_model(model).size();
  EXPECT_GE(dense, static_cast<std::size_t>(dense_bytes(model)));
  EXPECT_LT(dense, static_cast<std::size_t>(dense_bytes(model)) + 2000);
  for (const std::size_t fc : {4, 6}) test::prune_randomly(model.parameters[fc], 0.1, rng);
  // 58,080 weights of 4 bytes become a tenth of them, at 5 bytes each.
  EXPECT_NEAR(static_cast<double>(dense - encode_model(model).size()), 58080 * (4 - 0.5), 2000);
}

TEST(ModelFile, DenseBytesCountsEveryParameter) {
  EXPECT_EQ(dense_bytes(make_model(khanal2018())), 63910 * 4);
  EXPECT_EQ(dense_bytes(test::tiny_model()), (8 + 2 + 6 + 3) * 4);
}

TEST(ModelFile, SummariseTellsWhatIsStored) {
  const Model model = test::tiny_model();
  const std::vector<TensorSummary> summaries = summarise(encode_model(model), "file");
  ASSERT_EQ(summaries.size(), 4U);
  EXPECT_EQ(summaries[0].name, "conv.weight");
  EXPECT_EQ(summaries[0].dims, (Dims{2, 1, 2, 2}));
  EXPECT_EQ(summaries[0].nonzero, 3);
  EXPECT_EQ(summaries[0].encoding, "sparse f32");
  EXPECT_EQ(summaries[0].bytes, 5 + 1 + 3 * 4);
  EXPECT_EQ(summaries[1].nonzero, 0);
  EXPECT_EQ(summaries[2].encoding, "dense f32");
  EXPECT_EQ(summaries[2].bytes, 1 + 6 * 4);
  EXPECT_EQ(summaries[3].name, "fc.bias");
}

TEST(ModelFile, RefusesToWriteWhatItCouldNotRead) {
  const auto refusal = [](void (*spoil)(Model&)) {
    Model model = test::tiny_model();
    spoil(model);
    return error_message<Error>([&] { encode_model(model); });
  };
  EXPECT_THAT(refusal([](Model& m) {
                m.parameters[2].value.data()[4] = std::numeric_limits<float>::infinity();
              }),
              HasSubstr("'fc.weight': expected finite values, got inf at index 4"));
  EXPECT_THAT(refusal([](Model& m) {
                m.sensitivities[0].values[3].data()[0] = std::numeric_limits<float>::quiet_NaN();
              }),
              HasSubstr("'karnin': expected finite"));
  EXPECT_THAT(refusal([](Model& m) { m.parameters[0].value.data()[0] = 1.0F; }),
              HasSubstr("pruned weight that is not 0"));
  EXPECT_THAT(refusal([](Model& m) { m.preprocess.std[0] = 0.0F; }), HasSubstr("positive"));
  EXPECT_THAT(refusal([](Model& m) { m.sensitivities.push_back(m.sensitivities[0]); }),
              HasSubstr("unique"));
  EXPECT_THAT(refusal([](Model& m) { m.sensitivities[0].method.clear(); }), HasSubstr("not empty"));
  EXPECT_THAT(refusal([](Model& m) { m.classes[0] = "a\x1B[31m"; }), HasSubstr("control"));
  EXPECT_THAT(refusal([](Model& m) { m.classes[0] = std::string(129, 'a'); }), HasSubstr("128"));
  EXPECT_THAT(refusal([](Model& m) { m.classes[0] = "\xFF"; }), HasSubstr("UTF-8"));
  EXPECT_THAT(refusal([](Model& m) { m.architecture.nodes[0].name = "a\n"; }),
              HasSubstr("'conv.w"));
  EXPECT_THAT(refusal([](Model& m) { m.provenance = "[]"; }), HasSubstr("a JSON object"));
  EXPECT_THAT(refusal([](Model& m) { m.provenance = "{"; }), HasSubstr("provenance"));
  EXPECT_THAT(refusal([](Model& m) { m.provenance.assign(1U << 23, ' ').append("{}"); }),
              HasSubstr("at most"));
}

TEST(ModelFile, WritesAndReadsFiles) {
  const test::TemporaryDirectory directory;
  const Model model = test::tiny_model();
  write_model(directory / "model.bin", model);
  EXPECT_EQ(read_model(directory / "model.bin"), model);
  EXPECT_EQ(directory.entries(), std::vector<std::string>{"model.bin"});
  EXPECT_THAT(error_message<FileError>([&] { read_model(directory / "other.bin"); }),
              HasSubstr("other.bin, byte 0"));
  EXPECT_THROW(read_model(directory.path()), FileError);
  EXPECT_THROW(write_model(directory / "model.bin" / "under-a-file", model), OutputError);
}

/// Files of version 1 as it was first released: every later build must read them.
TEST(ModelFile, ReadsGoldenFilesOfVersion1) {
  const std::filesystem::path folder = std::filesystem::path(KARNIN_GOLDEN_DIR) / "format";
  EXPECT_EQ(read_model(folder / "v1-tiny.bin"), test::tiny_model());
  EXPECT_EQ(read_model(folder / "v1-wide.bin"), test::wide_model());
}

TEST(ModelFile, WritesVersion1ToTheByte) {
  const std::filesystem::path folder = std::filesystem::path(KARNIN_GOLDEN_DIR) / "format";
  EXPECT_EQ(encode_model(test::tiny_model()), test::read_bytes(folder / "v1-tiny.bin"));
  EXPECT_EQ(encode_model(test::wide_model()), test::read_bytes(folder / "v1-wide.bin"));
}

}  // namespace
}  // namespace karnin
