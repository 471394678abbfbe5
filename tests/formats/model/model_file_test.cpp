#include "formats/model/model_file.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <limits>

#include "formats/model/storable.h"
#include "runtime/core/error.h"
#include "runtime/graph/networks.h"
#include "tests/support/error_message.h"
#include "tests/support/random_model.h"
#include "tests/support/temporary_directory.h"
#include "tests/support/v1_writer.h"
#include "tests/support/v2_writer.h"

namespace karnin {
namespace {

namespace fs = std::filesystem;

using test::error_message;
using ::testing::HasSubstr;

/// The same numbers, in tensors again.
std::vector<Tensor> expanded(const CompactModel& model) {
  std::vector<Tensor> tensors;
  for (const CompactParameter& parameter : model.parameters) {
    const WeightsView view = view_of(parameter);
    Tensor& tensor = tensors.emplace_back(view.dims);
    if (view.sparse != nullptr)
      std::ranges::copy(view.sparse->to_dense(), tensor.data());
    else
      std::copy_n(view.plain, view.size(), tensor.data());
  }
  return tensors;
}

void expect_same(const CompactModel& compact, const Model& model, const std::string& what) {
  EXPECT_EQ(static_cast<const ModelDescription&>(compact),
            static_cast<const ModelDescription&>(model))
      << what;
  std::vector<Tensor> tensors;
  for (const Parameter& parameter : model.parameters) tensors.push_back(parameter.value);
  EXPECT_EQ(expanded(compact), tensors) << what;
}

/// Both directions: nothing of the model is lost, and the bytes are the only ones for it.
void expect_round_trip(const Model& model, const std::string& what) {
  const std::vector<std::uint8_t> bytes = encode_model(model);
  const Model back = decode_model(bytes, "file");
  EXPECT_EQ(back, model) << what;
  EXPECT_EQ(encode_model(back), bytes) << what;
  EXPECT_EQ(decode_model(test::encode_model_v1(model), "file"), model) << what;
  EXPECT_EQ(decode_model(test::encode_model_v2(model), "file"), model) << what;
  expect_same(decode_compact_model(bytes, "file"), model, what);
  expect_same(decode_compact_model(test::encode_model_v1(model), "file"), model, what);
}

fs::path golden(const std::string& name) { return fs::path(KARNIN_GOLDEN_DIR) / "format" / name; }

TEST(ModelFile, RandomModelsRoundTrip) {
  for (std::uint32_t seed = 0; seed < 300; ++seed)
    expect_round_trip(test::random_model(seed), "seed " + std::to_string(seed));
}

TEST(ModelFile, EdgesRoundTrip) {
  expect_round_trip(make_model(khanal2018()), "all zero, no masks");
  expect_round_trip(test::tiny_model(), "tiny");
  expect_round_trip(test::wide_model(), "wide");
  expect_round_trip(test::packed_model(), "packed");
  expect_round_trip(test::large_model(), "large");
  Model all_pruned = make_model(khanal2018());
  for (Parameter& parameter : all_pruned.parameters)
    parameter.mask.assign(static_cast<std::size_t>(parameter.value.size()), 0);
  expect_round_trip(all_pruned, "nothing kept");
  Model empty_names = test::tiny_model();
  empty_names.graph.name.clear();
  empty_names.classes = {"", "", ""};
  empty_names.provenance = "{}";
  expect_round_trip(empty_names, "empty names");
}

TEST(ModelFile, ForInferenceMatricesOfWhichHalfIsLeftStaySparse) {
  const auto is_sparse = [](std::int64_t kept) {
    Model model = make_model(make_chain("half", {8, 1, 1}, {{"fc", FullyConnected{5}}}));
    Parameter& weights = model.parameters.front();
    weights.mask.assign(40, 0);
    std::fill_n(weights.mask.begin(), kept, std::uint8_t{1});
    const CompactModel read = decode_compact_model(encode_model(model), "file");
    EXPECT_EQ(view_of(read.parameters[1]).sparse, nullptr) << "a bias";
    return view_of(read.parameters[0]).sparse != nullptr;
  };
  EXPECT_TRUE(is_sparse(0));
  EXPECT_TRUE(is_sparse(20));
  EXPECT_FALSE(is_sparse(21));
  EXPECT_FALSE(is_sparse(40));
  const CompactModel tiny = decode_compact_model(encode_model(test::tiny_model()), "file");
  EXPECT_EQ(view_of(tiny.parameters[0]).sparse, nullptr) << "a convolution";
}

TEST(ModelFile, VerifyCountsWhatItReads) {
  const test::TemporaryDirectory directory;
  const fs::path file = directory.path() / "model.bin";
  const Model model = test::packed_model();
  write_model(file, model);
  const ParameterCount count = verify_model(file);
  EXPECT_EQ(count.all, model.parameter_count());
  EXPECT_EQ(count.nonzero, model.nonzero_count());
  EXPECT_THROW(verify_model(directory.path() / "none.bin"), FileError);
}

TEST(ModelFile, DenseBytesCountsEveryParameter) {
  EXPECT_EQ(dense_bytes(make_model(khanal2018())), 63910 * 4);
  EXPECT_EQ(dense_bytes(test::tiny_model()), (8 + 2 + 6 + 3) * 4);
}

TEST(ModelFile, SummariseTellsWhatIsStored) {
  const std::vector<std::uint8_t> file = encode_model(test::packed_model());
  const std::vector<TensorSummary> summaries = summarise(file, "file");
  ASSERT_EQ(summaries.size(), 8U);
  EXPECT_EQ(summaries[0].name, "codebook.weight");
  EXPECT_EQ(summaries[0].dims, (Dims{24, 50}));
  EXPECT_EQ(summaries[0].nonzero, count_nonzero(test::packed_model().parameters[0]));
  EXPECT_EQ(summaries[0].form.encoding, "arithmetic mask, codebook of 5");
  EXPECT_EQ(summaries[2].form.encoding, "bit mask, int8 by row");
  EXPECT_THAT(summaries[4].form.encoding, HasSubstr("gaps, "));
  EXPECT_EQ(summaries[6].form.encoding, "dense f32");
  std::int64_t bytes = 36 + 16 * 9;
  for (const TensorSummary& summary : summaries) {
    bytes += summary.bytes;
    // Rows and columns that differ beat the bound of weights that don't.
    EXPECT_EQ(summary.form.bound_bits > 8.0 * static_cast<double>(summary.bytes),
              summary.name == "codebook.weight");
  }
  EXPECT_LT(bytes, static_cast<std::int64_t>(file.size())) << "the rest is the description";
}

TEST(ModelFile, SummariseKnowsLargeTensors) {
  const auto summaries = summarise(encode_model(test::large_model()), "file");
  EXPECT_EQ(summaries[0].form.encoding, "mask by eights, codebook of 2");
  EXPECT_EQ(summaries[2].form.encoding, "dense int8 by row");
  EXPECT_EQ(summaries[4].form.encoding, "arithmetic mask, 0-bit mantissa");
  for (const std::size_t i : {0, 2, 4})
    EXPECT_LT(8.0 * static_cast<double>(summaries[i].bytes),
              1.02 * summaries[i].form.bound_bits + 8 * 500);
}

TEST(ModelFile, SummariseKnowsVersion1) {
  const auto summaries = summarise(test::read_bytes(golden("v1-wide.bin")), "file");
  EXPECT_EQ(summaries[0].form.encoding, "gaps, f32");
  EXPECT_EQ(summaries[1].form.encoding, "bit mask, f32");
  EXPECT_EQ(summaries[5].form.encoding, "dense f32");
  EXPECT_EQ(summaries[5].form.bound_bits, 32.0 * 10);
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
  EXPECT_THAT(refusal([](Model& m) { m.graph.nodes[1].name = "a\n"; }), HasSubstr("'conv.w"));
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

/// Files of every version as it was first released: every later build must read them.
TEST(ModelFile, ReadsGoldenFiles) {
  EXPECT_EQ(read_model(golden("v1-tiny.bin")), test::tiny_model());
  EXPECT_EQ(read_model(golden("v1-wide.bin")), test::wide_model());
  EXPECT_EQ(read_model(golden("v2-tiny.bin")), test::tiny_model());
  EXPECT_EQ(read_model(golden("v2-wide.bin")), test::wide_model());
  EXPECT_EQ(read_model(golden("v2-packed.bin")), test::packed_model());
  EXPECT_EQ(read_model(golden("v2-large.bin")), test::large_model());
  EXPECT_EQ(read_model(golden("v3-packed.bin")), test::packed_model());
  EXPECT_EQ(read_model(golden("v3-large.bin")), test::large_model());
}

TEST(ModelFile, WritesVersion3ToTheByte) {
  EXPECT_EQ(encode_model(test::packed_model()), test::read_bytes(golden("v3-packed.bin")));
  EXPECT_EQ(encode_model(test::large_model()), test::read_bytes(golden("v3-large.bin")));
}

TEST(ModelFile, TheTestsOwnWriterOfVersion2IsRight) {
  EXPECT_EQ(test::encode_model_v2(test::tiny_model()), test::read_bytes(golden("v2-tiny.bin")));
  EXPECT_EQ(test::encode_model_v2(test::wide_model()), test::read_bytes(golden("v2-wide.bin")));
  EXPECT_EQ(test::encode_model_v2(test::packed_model()), test::read_bytes(golden("v2-packed.bin")));
  EXPECT_EQ(test::encode_model_v2(test::large_model()), test::read_bytes(golden("v2-large.bin")));
}

TEST(ModelFile, DescriptionsTooLongForAReaderAreNotWritten) {
  Model model = make_model(make_chain("n", {1, 1, 1}, {{"fc", FullyConnected{40'000}}}));
  model.classes.assign(40'000, std::string(kMaxNameBytes, 'x'));
  EXPECT_THROW(encode_model(model), ArgumentError);
}

/// What the hostile tests of version 1 spoil is what version 1 wrote.
TEST(ModelFile, TheTestsOwnWriterOfVersion1IsRight) {
  EXPECT_EQ(test::encode_model_v1(test::tiny_model()), test::read_bytes(golden("v1-tiny.bin")));
  EXPECT_EQ(test::encode_model_v1(test::wide_model()), test::read_bytes(golden("v1-wide.bin")));
}

}  // namespace
}  // namespace karnin
