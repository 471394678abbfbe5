// What the weights that were already coded say about the next one: a row or column that lost many
// so far will lose more. Normative: FORMAT.md, "Arithmetic mask".
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <vector>

#include "formats/coding/range_coder.h"

namespace karnin {

/// 16 log2(x), the logarithm being linear between powers of two; 1 <= x < 2^16.
constexpr std::int32_t log_sixteenths(std::uint32_t x) {
  const int exponent = static_cast<int>(std::bit_width(x)) - 1;
  return exponent * 16 + static_cast<std::int32_t>(((x << (20 - exponent)) >> 16) & 15U);
}

/// 16 log2 of the odds of x / 2^16, the scale on which independent hints add up, for every 64th x.
inline constexpr auto kLogOdds = [] {
  std::array<std::int16_t, 1024> table{};
  for (std::uint32_t i = 0; i < table.size(); ++i) {
    const std::uint32_t x = std::max(i, 1U) * 64;
    table[i] = static_cast<std::int16_t>(log_sixteenths(x) - log_sixteenths(65536 - x));
  }
  return table;
}();

/// x / 2^16 is a share of kept weights.
inline std::int32_t log_odds(std::int32_t x) { return kLogOdds[static_cast<std::size_t>(x) >> 6]; }

class MaskModel {
 public:
  MaskModel(std::size_t rows, std::size_t columns, std::uint64_t kept)
      : rows_(rows),
        columns_(columns),
        mean_(static_cast<std::int32_t>(
            std::min<std::uint64_t>((kept << 16) / (rows * columns), kOne))) {
    contexts_.fill(AdaptiveBit(static_cast<std::uint32_t>(mean_), 2));
  }

  /// Calls code(AdaptiveBit&) for every weight, row by row; it codes one bit and returns it.
  template <typename Code>
  void visit(Code&& code) {
    const std::int32_t middle = kWidth * kContexts / 2 + kWidth / 2 - 2 * log_odds(mean_);
    std::vector<std::int32_t> columns(columns_, mean_);
    for (std::size_t r = 0; r < rows_; ++r) {
      std::int32_t row = mean_;
      const std::int32_t column_rate = rate_after(r);
      const auto weight = [&](std::int32_t& column, std::int32_t row_rate) {
        const std::int32_t context = (log_odds(row) + log_odds(column) + middle) >> 4;
        const bool kept =
            code(contexts_[static_cast<std::size_t>(std::clamp(context, 0, kContexts - 1))]);
        row = moved(row, kept, row_rate);
        column = moved(column, kept, column_rate);
      };
      std::size_t c = 0;
      // Two loops: the rate of most weights is a constant.
      for (; c < std::min(columns_, kRates.size()); ++c) weight(columns[c], kRates[c]);
      for (; c < columns_; ++c) weight(columns[c], kRates.back());
    }
  }

 private:
  static constexpr std::int32_t kOne = 65535;
  static constexpr std::int32_t kContexts = 24, kWidth = 16;

  /// The mean counts as much as 16 weights; after 255 in all, old ones are slowly forgotten.
  static constexpr auto kRates = [] {
    std::array<std::int32_t, 240> rates{};
    for (std::size_t i = 0; i < rates.size(); ++i)
      rates[i] = static_cast<std::int32_t>(65536 / (i + 16));
    return rates;
  }();

  static std::int32_t rate_after(std::size_t seen) {
    return kRates[std::min(seen, kRates.size() - 1)];
  }

  /// Stays in [0, kOne].
  static std::int32_t moved(std::int32_t p, bool kept, std::int32_t rate) {
    return kept ? p + (((kOne - p) * rate) >> 16) : p + ((-p * rate) >> 16);
  }

  std::size_t rows_, columns_;
  std::int32_t mean_;
  std::array<AdaptiveBit, kContexts> contexts_;
};

}  // namespace karnin
