// What the text so far says about its next byte: the one that came the last time after the same
// bytes. Normative: FORMAT.md, "Texts".
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "formats/coding/range_coder.h"

namespace karnin {

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

  /// A byte: whether it was foretold, and if not, what it is.
  void encode(RangeEncoder& encoder, std::uint8_t byte);
  /// Nothing where it was foretold and is written out all the same.
  std::optional<std::uint8_t> decode(RangeDecoder& decoder);

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

/// A copy of the model that has seen a typical text, in a tenth of the time.
TextModel primed_model();

}  // namespace karnin
