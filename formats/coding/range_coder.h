// Binary arithmetic coding with adaptive probabilities, in integers alone: the same bits on every
// machine. Normative: FORMAT.md, "Arithmetic coding".
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "formats/io/byte_reader.h"

namespace karnin {

/// The probability that the next bit of one kind is 1, learnt from those before it.
class AdaptiveBit {
 public:
  /// The estimator of Krichevsky and Trofimov: the n-th bit moves the estimate by 1 / (n + 2), so
  /// that n bits cost about log2(n) / 2 bits more than if their share of ones had been known. After
  /// kMemory of them old ones are slowly forgotten.
  static constexpr std::uint32_t kMemory = 1022;

  AdaptiveBit() = default;
  /// Starts as if it had seen `weight` bits of which the share p / 2^16 were ones.
  AdaptiveBit(std::uint32_t p, std::uint32_t weight) : p_(p << 16), seen_(weight) {}

  /// The part of `range` that stands for a 1: neither empty nor all of it.
  std::uint32_t split(std::uint32_t range) const {
    return (range >> 16) * std::clamp(p_ >> 16, kLeast, kMost);
  }

  void learn(bool bit) {
    const std::int64_t error = (bit ? std::int64_t{0xFFFFFFFF} : 0) - std::int64_t{p_};
    p_ = static_cast<std::uint32_t>(std::int64_t{p_} + ((error * kRates[seen_]) >> 16));
    if (seen_ < kMemory) [[unlikely]]
      ++seen_;
  }

 private:
  static constexpr std::uint32_t kLeast = 32;  // of 2^16: no bit costs more than 11 bits
  static constexpr std::uint32_t kMost = 65536 - kLeast;
  static constexpr auto kRates = [] {
    std::array<std::int32_t, kMemory + 1> rates{};
    for (std::size_t n = 0; n < rates.size(); ++n)
      rates[n] = static_cast<std::int32_t>(65536 / (n + 2));
    return rates;
  }();

  std::uint32_t p_ = std::uint32_t{1} << 31;  // of 2^32
  std::uint32_t seen_ = 0;
};

/// Below this a range is widened by a byte, so that splits keep at least 8 bits.
inline constexpr std::uint32_t kLeastRange = std::uint32_t{1} << 24;

class RangeEncoder {
 public:
  void bit(AdaptiveBit& model, bool bit) {
    const std::uint32_t split = model.split(range_);
    model.learn(bit);
    if (bit)
      range_ = split;
    else
      advance(split, range_ - split);
    normalise();
  }

  /// The lowest `count` bits of value, each costing one bit; 1 to 16 of them.
  void direct(std::uint32_t value, int count) {
    range_ >>= count;
    advance(std::uint64_t{range_} * value, range_);
    normalise();
  }

  /// The bytes of all that was coded. Nothing may follow.
  std::vector<std::uint8_t> finish() {
    for (int i = 0; i < 4; ++i) shift();
    return std::move(bytes_);
  }

 private:
  void advance(std::uint64_t offset, std::uint32_t range) {
    low_ += offset;
    range_ = range;
    if (low_ >> 32 == 0) return;
    low_ &= 0xFFFFFFFF;
    for (auto byte = bytes_.rbegin(); ++*byte == 0; ++byte) {
    }  // the number stays below 1, so that a carry never leaves the first byte
  }

  void shift() {
    bytes_.push_back(static_cast<std::uint8_t>(low_ >> 24));
    low_ = (low_ << 8) & 0xFFFFFFFF;
  }

  void normalise() {
    for (; range_ < kLeastRange; range_ <<= 8) shift();
  }

  std::vector<std::uint8_t> bytes_;
  std::uint64_t low_ = 0;
  std::uint32_t range_ = 0xFFFFFFFF;
};

/// Never reads outside its bytes, and gives some bits or other whatever they are; finish() tells
/// whether they were those of an encoder.
class RangeDecoder {
 public:
  explicit RangeDecoder(const ByteReader& reader) : bytes_(reader.rest()) {
    for (int i = 0; i < 4; ++i) code_ = code_ << 8 | next();
    sound_ = code_ < range_;
  }

  bool bit(AdaptiveBit& model) {
    const std::uint32_t split = model.split(range_);
    // A branch, not a choice of values: where it is foretold, the next bit need not wait for it.
    if (code_ < split) {
      model.learn(true);
      range_ = split;
      normalise();
      return true;
    }
    model.learn(false);
    code_ -= split;
    range_ -= split;
    normalise();
    return false;
  }

  std::uint32_t direct(int count) {
    range_ >>= count;
    const std::uint32_t value = code_ / range_;
    sound_ = sound_ && value >> count == 0;
    code_ -= value * range_;
    normalise();
    return value & ((std::uint32_t{1} << count) - 1);
  }

  /// Moves the reader behind the coded bytes. An encoder's number ends exactly where its last
  /// range begins, so every sequence of bits has one form. Throws FileError for any other.
  void finish(ByteReader& reader, std::string_view field) const {
    if (used_ > bytes_.size()) reader.fail(std::string(field) + ": the coded bits end too early");
    if (!sound_ || code_ != 0)
      reader.fail(std::string(field) + ": the coded bits are not an encoder's");
    reader.bytes(used_, field);
  }

 private:
  std::uint8_t next() {
    const std::uint8_t byte = used_ < bytes_.size() ? bytes_[used_] : std::uint8_t{0};
    ++used_;
    return byte;
  }

  void normalise() {
    while (range_ < kLeastRange) [[unlikely]] {
      code_ = code_ << 8 | next();
      range_ <<= 8;
    }
  }

  std::span<const std::uint8_t> bytes_;
  std::size_t used_ = 0;
  std::uint32_t code_ = 0;
  std::uint32_t range_ = 0xFFFFFFFF;
  bool sound_ = true;  ///< code_ < range_ so far
};

/// Numbers of up to 8 bits, most significant bit first, every bit in the context of those above it.
class AdaptiveNumber {
 public:
  void encode(RangeEncoder& encoder, std::uint32_t value, int bits) {
    std::uint32_t node = 1;
    for (int i = bits - 1; i >= 0; --i) {
      const std::uint32_t bit = (value >> i) & 1U;
      encoder.bit(nodes_[node], bit != 0);
      node = node * 2 + bit;
    }
  }

  /// `bits` is the same in every call.
  std::uint32_t decode(RangeDecoder& decoder, int bits) {
    std::uint32_t node = 1;
    for (int i = 0; i < bits; ++i)
      node = node * 2 + static_cast<std::uint32_t>(decoder.bit(nodes_[node]));
    return node - (std::uint32_t{1} << bits);
  }

 private:
  std::array<AdaptiveBit, 256> nodes_;
};

}  // namespace karnin
