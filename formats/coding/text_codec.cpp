#include "formats/coding/text_codec.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "formats/coding/padding.h"
#include "formats/coding/range_coder.h"
#include "formats/io/json_text.h"

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

/// Where the bytes that now precede the next one were last seen, for contexts of one length. Two
/// contexts may share a place: the prediction is then wrong, and costs a bit more.
class ContextTable {
 public:
  explicit ContextTable(int bytes) : shift_(64 - 8 * bytes), places_(std::size_t{1} << kBits, 0) {}

  /// The position that followed the context the last time, or 0; remembers `position` instead.
  std::uint32_t exchange(std::uint64_t last_bytes, std::uint32_t position) {
    const std::uint64_t hash = (last_bytes << shift_) * 0x9E3779B97F4A7C15U;
    return std::exchange(places_[hash >> (64 - kBits)], position);
  }

 private:
  static constexpr int kBits = 14;
  int shift_;
  std::vector<std::uint32_t> places_;
};

/// What encoder and decoder both know: the text so far, and the byte that it suggests next.
class TextModel {
 public:
  /// The next byte, if the last six or three bytes have been seen before.
  bool predicts() {
    if (run_ > 0) return true;
    const auto position = static_cast<std::uint32_t>(past_.size());
    const std::uint32_t from_long = long_contexts_.exchange(last_bytes_, position);
    const std::uint32_t from_short = short_contexts_.exchange(last_bytes_, position);
    next_ = from_long != 0 ? from_long : from_short;
    if (next_ != 0) run_ = from_long != 0 ? kLongStart : 1;
    return run_ > 0;
  }

  std::uint8_t prediction() const { return past_[next_]; }
  AdaptiveBit& hit_bit() { return hits_[std::min(run_, kMaxRun)]; }
  AdaptiveNumber& literal() { return literals_[past_.empty() ? 0 : past_.back() >> 5]; }

  void append(std::uint8_t byte, bool hit) {
    past_.push_back(byte);
    last_bytes_ = last_bytes_ << 8 | byte;
    run_ = hit ? run_ + 1 : 0;
    next_ += hit ? 1 : 0;
  }

  void forget_run() { run_ = 0; }

 private:
  static constexpr std::size_t kMaxRun = 31, kLongStart = 8;

  std::vector<std::uint8_t> past_;
  std::uint64_t last_bytes_ = 0;
  ContextTable long_contexts_{6}, short_contexts_{3};
  std::uint32_t next_ = 0;
  std::size_t run_ = 0;  ///< of right predictions in a row; longer contexts start higher
  std::array<AdaptiveBit, kMaxRun + 1> hits_;
  std::array<AdaptiveNumber, 8> literals_;  ///< by the highest bits of the byte before
};

void encode_byte(TextModel& model, RangeEncoder& encoder, std::uint8_t byte) {
  bool hit = false;
  if (model.predicts()) {
    hit = model.prediction() == byte;
    encoder.bit(model.hit_bit(), hit);
  }
  if (!hit) model.literal().encode(encoder, byte, 8);
  model.append(byte, hit);
}

std::uint8_t decode_byte(TextModel& model, RangeDecoder& decoder) {
  const bool hit = model.predicts() && decoder.bit(model.hit_bit());
  const auto byte =
      hit ? model.prediction() : static_cast<std::uint8_t>(model.literal().decode(decoder, 8));
  model.append(byte, hit);
  return byte;
}

TextModel after_primer() {
  TextModel model;
  RangeEncoder nowhere;
  for (const char c : kPrimer) encode_byte(model, nowhere, static_cast<std::uint8_t>(c));
  model.forget_run();
  return model;
}

/// A copy, which is made in a tenth of the time.
TextModel primed_model() {
  static const TextModel primed = after_primer();
  return primed;
}

std::vector<std::uint8_t> code(std::string_view text) {
  TextModel model = primed_model();
  RangeEncoder encoder;
  for (const char c : text) encode_byte(model, encoder, static_cast<std::uint8_t>(c));
  return encoder.finish();
}

std::string decode_coded(ByteReader& payload, std::string_view field) {
  const std::size_t payload_bytes = payload.remaining() + 1;
  const ByteReader size_at = payload;
  const std::uint64_t size = payload.varint(field);
  if (size > kMaxJsonBytes || size > payload_bytes * kMaxElementsPerByte)
    size_at.fail(fmt::format("{}: expected at most {} bytes of text, got {}", field,
                             std::min(kMaxJsonBytes, payload_bytes * kMaxElementsPerByte), size));
  TextModel model = primed_model();
  RangeDecoder decoder(payload);
  std::string text;
  text.reserve(size);
  while (text.size() < size) text += static_cast<char>(decode_byte(model, decoder));
  decoder.finish(payload, field);
  expect_padding(payload, payload_bytes, size, field);
  return text;
}

}  // namespace

std::vector<std::uint8_t> encode_text_as(TextCoding coding, std::string_view text) {
  ByteWriter writer;
  writer.write(static_cast<std::uint8_t>(coding));
  if (coding == TextCoding::plain) {
    writer.text(text);
  } else {
    writer.varint(text.size());
    writer.bytes(code(text));
    pad(writer, text.size());
  }
  return writer.take();
}

void encode_text(std::string_view text, ByteWriter& writer) {
  const std::vector<std::uint8_t> plain = encode_text_as(TextCoding::plain, text);
  const std::vector<std::uint8_t> coded = encode_text_as(TextCoding::coded, text);
  writer.bytes(coded.size() < plain.size() ? coded : plain);
}

std::string decode_text(ByteReader payload, std::string_view field) {
  const ByteReader start = payload;
  const auto coding = payload.read<std::uint8_t>(field);
  if (coding > static_cast<std::uint8_t>(TextCoding::coded))
    start.fail(fmt::format("{}: expected text of coding 0 or 1, got {}", field, coding));
  if (coding == static_cast<std::uint8_t>(TextCoding::coded)) return decode_coded(payload, field);
  if (payload.remaining() > kMaxJsonBytes)
    start.fail(fmt::format("{}: expected at most {} bytes of text, got {}", field, kMaxJsonBytes,
                           payload.remaining()));
  const auto bytes = payload.bytes(payload.remaining(), field);
  return {bytes.begin(), bytes.end()};
}

}  // namespace karnin
