#include "formats/coding/text_model.h"

#include <string_view>

namespace karnin {
namespace {

/// Part of the format: another primer would be another version.
constexpr std::string_view kPrimer =
    R"({"history":[{"verb":"train","data":"cifar10","note":"pixels re-encoded as JPEG q75",)"
    R"("images":50000,"epochs":10,"batch":64,"learning_rate":0.001,"schedule":"one-cycle",)"
    R"("warmup":0.3,"momentum":0.9,"nesterov":false,"weight_decay":0.0,"flip":false,"shift":0,)"
    R"("seed":1,"version":"0.1.0"},{"verb":"prune","method":"karnin-gradient-epoch",)"
    R"("normalise":"rank","sign":"clamp","scope":"layer","sparsity":0.5,"layers":["fc1","fc2"],)"
    R"("version":"0.1.0"},{"verb":"fine-tune","data":"fashion-mnist","epochs":2,)"
    R"("schedule":"constant"},{"verb":"values","values":"codebook","entries":16}]})"
    R"({"architecture":{"name":"khanal2018","input":[3,32,32],"layers":[{"name":"conv1",)"
    R"("type":"conv2d","oc":16,"kernel":[5,5],"stride":[1,1],"padding":[0,0],)"
    R"("inputs":["input"]},{"name":"relu1","type":"relu","inputs":["conv1"]},{"name":"pool1",)"
    R"("type":"max_pool2d","kernel":[2,2],"stride":[2,2],"padding":[0,0],"inputs":["relu1"]},)"
    R"({"name":"conv2","type":"conv2d"},{"name":"drop1","type":"dropout","rate":0.5,)"
    R"("inputs":["pool2"]},{"name":"fc1","type":"fully_connected","oc":100,)"
    R"("inputs":["pool2"]}]},"preprocess":{"mean":[0.5,0.5,0.5],"std":[0.5,0.5,0.5]},)"
    R"("classes":["plane","car","bird","cat","deer","dog","frog","horse","ship","truck"]})";

TextModel after_primer() {
  TextModel model;
  RangeEncoder nowhere;
  for (const char c : kPrimer) model.encode(nowhere, static_cast<std::uint8_t>(c));
  model.forget_run();
  return model;
}

}  // namespace

void TextModel::encode(RangeEncoder& encoder, std::uint8_t byte) {
  bool hit = false;
  if (predicts()) {
    hit = prediction() == byte;
    encoder.bit(hit_bit(), hit);
  }
  if (!hit) literal().encode(encoder, byte, 8);
  append(byte, hit);
}

std::optional<std::uint8_t> TextModel::decode(RangeDecoder& decoder) {
  const bool foretold = predicts();
  const bool hit = foretold && decoder.bit(hit_bit());
  const auto byte = hit ? prediction() : static_cast<std::uint8_t>(literal().decode(decoder, 8));
  if (foretold && !hit && byte == prediction()) return std::nullopt;
  append(byte, hit);
  return byte;
}

TextModel primed_model() {
  static const TextModel primed = after_primer();
  return primed;
}

}  // namespace karnin
