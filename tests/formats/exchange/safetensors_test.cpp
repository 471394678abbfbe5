#include <gmock/gmock.h>

#include <bit>
#include <random>

#include "formats/exchange/any_model.h"
#include "formats/exchange/safetensors_model.h"
#include "formats/io/json_text.h"
#include "runtime/graph/networks.h"
#include "tests/support/allocation_meter.h"
#include "tests/support/error_message.h"
#include "tests/support/filled_model.h"
#include "tests/support/temporary_directory.h"

namespace karnin {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using Bytes = std::vector<std::uint8_t>;

/// As the format says, by hand.
Bytes file_of(const std::string& header, const std::string& data) {
  Bytes bytes;
  for (int i = 0; i < 8; ++i)
    bytes.push_back(static_cast<std::uint8_t>(std::uint64_t{header.size()} >> (8 * i)));
  bytes.insert(bytes.end(), header.begin(), header.end());
  bytes.insert(bytes.end(), data.begin(), data.end());
  return bytes;
}

template <typename T>
std::string raw(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

/// Two weights and two biases.
Graph two_by_one() { return make_chain("n", {1, 1, 1}, {{"fc", FullyConnected{2}}}); }

Model decoded(const Bytes& bytes, const Graph& graph = two_by_one()) {
  return decode_safetensors(bytes, "w.safetensors", make_model(graph));
}

std::string refusal_of_file(const Bytes& bytes) {
  return test::error_message<FileError>([&] { decoded(bytes); });
}

std::vector<float> values(const Model& model, std::size_t parameter) {
  const std::span<const float> span = model.parameters[parameter].value.span();
  return {span.begin(), span.end()};
}

Model with_norms() {
  return test::filled_model(make_chain("n", {3, 5, 5},
                                       {{"conv", Conv2d{4, 3, 3}},
                                        {"bn", BatchNorm{}},
                                        {"act", PRelu{}},
                                        {"affine", ChannelAffine{}},
                                        {"fc", FullyConnected{2}}}));
}

TEST(Safetensors, RoundTrips) {
  const Model model = with_norms();
  EXPECT_EQ(decoded(encode_safetensors(model), model.graph).parameters, model.parameters);
  for (const BuiltInNetwork& network : built_in_networks()) {
    const Model filled = test::filled_model(network.make(network.input, 10));
    EXPECT_EQ(decode_safetensors(encode_safetensors(filled), "w",
                                 read_any_network(std::string(network.name))),
              filled);
  }
}

TEST(Safetensors, NamesAreThoseOfPyTorch) {
  const Bytes bytes = encode_safetensors(with_norms());
  const std::size_t length = bytes[0] + 256U * bytes[1];
  EXPECT_EQ(length % 8, 0U);
  const Json header =
      parse_json({reinterpret_cast<const char*>(bytes.data()) + 8, length}, "header");
  std::vector<std::string> names;
  for (const auto& [name, value] : header.items()) names.push_back(name);
  EXPECT_THAT(names,
              testing::ElementsAre("__metadata__", "act.weight", "affine.bias", "affine.weight",
                                   "bn.bias", "bn.running_mean", "bn.running_var", "bn.weight",
                                   "conv.bias", "conv.weight", "fc.bias", "fc.weight"));
  EXPECT_EQ(header["conv.weight"].dump(),
            R"({"data_offsets":[0,432],"dtype":"F32","shape":[4,3,3,3]})");
}

TEST(Safetensors, RealNumbersOfEveryWidthAreTaken) {
  const auto read = [](const std::string& type, const std::string& data) {
    const std::string end = std::to_string(data.size());
    return values(decoded(file_of(R"({"fc.weight":{"dtype":")" + type +
                                      R"(","shape":[2,1],"data_offsets":[0,)" + end + "]}}",
                                  data)),
                  0);
  };
  const std::vector<float> expected{1.5F, -0.25F};
  EXPECT_EQ(read("F32", raw(expected)), expected);
  EXPECT_EQ(read("F64", raw(std::vector{1.5, -0.25})), expected);
  EXPECT_EQ(read("F16", raw(std::vector<std::uint16_t>{0x3E00, 0xB400})), expected);
  EXPECT_EQ(read("BF16", raw(std::vector<std::uint16_t>{0x3FC0, 0xBE80})), expected);
}

TEST(Safetensors, NamesMayShareABeginningAndBiasesMayLack) {
  const Model model = decoded(
      file_of(R"({"net.fc.weight":{"dtype":"F32","shape":[2,1],"data_offsets":[8,16]},)"
              R"("net.bn.num_batches_tracked":{"dtype":"I64","shape":[],"data_offsets":[0,8]}})",
              raw(std::vector<float>{0, 0, 3, 4})));
  EXPECT_EQ(values(model, 0), (std::vector<float>{3, 4}));
  EXPECT_EQ(values(model, 1), (std::vector<float>{0, 0}));
}

TEST(Safetensors, WhatDoesNotFitIsListed) {
  const std::string weight = R"("fc.weight":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]})";
  EXPECT_THAT(refusal_of_file(file_of("{" + weight + "}", std::string(8, '\0'))),
              HasSubstr("the tensors don't fit the network: expected fc.weight (2x1), got "
                        "fc.weight (1x2) (w.safetensors"));
  EXPECT_THAT(
      refusal_of_file(file_of(R"({"head.w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})",
                              std::string(8, '\0'))),
      HasSubstr("expected fc.weight (2x1), got head.w (2)"));
  const Model other = with_norms();
  EXPECT_THAT(refusal_of_file(encode_safetensors(other)),
              AllOf(HasSubstr("got act.weight (4), affine.bias (4)"), HasSubstr("more")));
}

TEST(Safetensors, WhatIsNoNumberIsRefused) {
  const auto with = [](const std::string& type, const std::string& data) {
    return refusal_of_file(file_of(R"({"fc.weight":{"dtype":")" + type +
                                       R"(","shape":[2,1],"data_offsets":[0,)" +
                                       std::to_string(data.size()) + "]}}",
                                   data));
  };
  EXPECT_THAT(with("I32", std::string(8, '\0')), HasSubstr("expected real numbers, got I32"));
  EXPECT_THAT(with("F32", raw(std::vector<float>{0, INFINITY})), HasSubstr("expected finite"));
  EXPECT_THAT(with("F64", raw(std::vector{0.0, 1e300})), HasSubstr("expected finite"));
  EXPECT_THAT(with("F4", std::string(1, '\0')), HasSubstr("unknown type 'F4'"));
}

std::string refusal_of_header(const std::string& header, std::size_t data = 8) {
  return refusal_of_file(file_of(header, std::string(data, '\0')));
}

TEST(HostileSafetensors, HeadersAreCheckedBeforeAnythingIsMade) {
  const auto tensor = [](const std::string& shape, const std::string& place) {
    return R"("fc.weight":{"dtype":"F32","shape":)" + shape + R"(,"data_offsets":)" + place + "}";
  };
  Bytes huge = file_of("{}", "");
  huge[7] = 0x7F;
  EXPECT_THAT(refusal_of_file(huge), HasSubstr("expected a header of at most 4194304 bytes"));
  EXPECT_THAT(refusal_of_header("[]"), HasSubstr("header: expected an object"));
  EXPECT_THAT(refusal_of_header("{}"), HasSubstr("expected 0 bytes of tensors, got 8"));
  EXPECT_THAT(refusal_of_header(R"({"__metadata__":1})"), HasSubstr("__metadata__"));
  EXPECT_THAT(refusal_of_header("{" + tensor("[2,1]", "[0,4]") + "}"),
              HasSubstr("expected 8 bytes"));
  EXPECT_THAT(refusal_of_header("{" + tensor("[2,1]", "[4,12]") + "}"),
              HasSubstr("expected bytes from 0 on"));
  EXPECT_THAT(refusal_of_header("{" + tensor("[2,1]", "[8,0]") + "}"),
              HasSubstr("expected 8 bytes"));
  EXPECT_THAT(
      refusal_of_header("{" + tensor("[2,1]", "[0,8]") + "," + tensor("[2,1]", "[0,8]") + "}"),
      HasSubstr("comes twice"));
  EXPECT_THAT(refusal_of_header("{" + tensor("[2,1]", "[0,8]") +
                                R"(,"x":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}})"),
              HasSubstr("x: expected bytes from 8 on"));
  EXPECT_THAT(refusal_of_header("{" + tensor("[4611686018427387904,4]", "[0,0]") + "}"),
              HasSubstr("size out of range"));
  EXPECT_THAT(refusal_of_header("{" + tensor("[-1]", "[0,8]") + "}"), HasSubstr("shape[0]"));
  std::string ones = "[1";
  for (int i = 0; i < 100'000; ++i) ones += ",1";
  EXPECT_THAT(refusal_of_header("{" + tensor(ones + "]", "[0,4]") + "}", 4),
              HasSubstr("expected at most 16 dimensions"));
}

/// Refused or understood, with memory in proportion: JSON takes some hundred bytes a character.
void expect_bounded(const Bytes& bytes, const Model& like, const std::string& what) {
  const std::size_t held = test::held_bytes();
  test::reset_most_held_bytes();
  try {
    const Model model = decoded(bytes, like.graph);
    EXPECT_NO_THROW(validate(model)) << what;
  } catch (const FileError&) {
  }
  EXPECT_LT(test::most_held_bytes() - held, (std::size_t{1} << 20) + 200 * bytes.size()) << what;
}

TEST(HostileSafetensors, EveryTruncationIsRefused) {
  const Bytes bytes = encode_safetensors(with_norms());
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    const Bytes cut(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(length));
    EXPECT_NE(test::error_message<FileError>([&] { decoded(cut, with_norms().graph); }), "");
  }
}

TEST(HostileSafetensors, RandomDamageIsRefusedOrSound) {
  const Model model = with_norms();
  const Bytes sound = encode_safetensors(model);
  const std::size_t header = sound[0] + 256U * sound[1] + 8U;
  std::mt19937 rng(12);
  for (int round = 0; round < 10'000; ++round) {
    Bytes bytes = sound;
    for (unsigned change = 0; change <= rng() % 4; ++change)
      bytes[rng() % header] ^= static_cast<std::uint8_t>(1U << (rng() % 8));
    expect_bounded(bytes, model, "round " + std::to_string(round));
  }
}

TEST(Networks, AreFoundByNameOrInFiles) {
  EXPECT_EQ(read_any_network("lenet-5").graph, lenet_5());
  const test::TemporaryDirectory folder;
  test::write_text(folder / "net.json", R"({"name":"n","input":[1,2,2],"layers":[)"
                                        R"({"name":"fc","type":"fully_connected","oc":2}]})");
  EXPECT_EQ(read_any_network((folder / "net.json").string()).graph.node(1).name, "fc");
  EXPECT_THAT(test::error_message<FileError>([&] { read_any_network("nothing"); }),
              HasSubstr("cannot read"));
  EXPECT_THAT(test::error_message<FileError>([&] { read_any_model("weights.safetensors"); }),
              HasSubstr("expected a network, got weights alone"));
}

}  // namespace
}  // namespace karnin
