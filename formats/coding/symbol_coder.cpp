#include "formats/coding/symbol_coder.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <numeric>
#include <ranges>
#include <string>

namespace karnin {
namespace {

constexpr std::uint32_t kTotal = std::uint32_t{1} << SymbolTable::kBits;
/// States stay in [kLeastState, 2^32 kLeastState); below, they take in four bytes.
constexpr std::uint64_t kLeastState = std::uint64_t{1} << 31;

SymbolWeights count(std::span<const std::uint8_t> symbols) {
  std::array<SymbolWeights, 2> counts{};  // in turns: equal neighbours need not wait
  for (std::size_t i = 0; i < symbols.size(); ++i) ++counts[i % 2][symbols[i]];
  for (std::size_t s = 0; s < counts[0].size(); ++s) counts[0][s] += counts[1][s];
  return counts[0];
}

std::uint64_t sum(const SymbolWeights& weights) {
  return std::accumulate(weights.begin(), weights.end(), std::uint64_t{0});
}

/// Four bytes after each other, and zeros behind the last; the end is noticed afterwards.
class Words {
 public:
  explicit Words(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  std::uint32_t next() {
    std::uint32_t word = 0;
    if (used_ + sizeof word <= bytes_.size()) std::memcpy(&word, &bytes_[used_], sizeof word);
    used_ += sizeof word;
    return word;
  }
  std::size_t used() const { return used_; }

 private:
  static_assert(std::endian::native == std::endian::little, "words are copied as they are");
  std::span<const std::uint8_t> bytes_;
  std::size_t used_ = 0;
};

}  // namespace

SymbolTable::SymbolTable(const SymbolWeights& weights) {
  const std::uint64_t total = sum(weights);
  std::uint32_t given = 0;
  for (std::size_t s = 0; s < weights.size(); ++s) {
    const auto size = static_cast<std::uint32_t>(weights[s] * kTotal / total);
    shares_[s].size = weights[s] == 0 ? 0 : std::max(size, std::uint32_t{1});
    given += shares_[s].size;
  }
  // The heaviest has at least 1/256 of all: it never has to give more than it has.
  const auto heaviest = std::ranges::max_element(weights) - weights.begin();
  shares_[static_cast<std::size_t>(heaviest)].size += kTotal - given;
  for (std::size_t s = 1; s < shares_.size(); ++s)
    shares_[s].first = shares_[s - 1].first + shares_[s - 1].size;
}

std::vector<std::uint8_t> SymbolTable::encode(std::span<const std::uint8_t> symbols) const {
  std::array<std::uint64_t, 2> states{kLeastState, kLeastState};
  std::vector<std::uint32_t> words;  // last first: a decoder meets them the other way round
  for (std::size_t i = symbols.size(); i-- > 0;) {
    std::uint64_t& state = states[i % 2];
    const Share share = shares_[symbols[i]];
    if (state >= (kLeastState >> kBits << 32) * share.size) {
      words.push_back(static_cast<std::uint32_t>(state));
      state >>= 32;
    }
    state = (state / share.size << kBits) + state % share.size + share.first;
  }
  ByteWriter writer;
  for (const std::uint64_t state : states) writer.write(state);
  for (const std::uint32_t word : words | std::views::reverse) writer.write(word);
  return writer.take();
}

void SymbolTable::decode(ByteReader& reader, std::span<std::uint8_t> symbols,
                         std::string_view field) const {
  std::vector<std::uint8_t> symbol_at(kTotal);
  for (std::size_t s = 0; s < shares_.size(); ++s)
    std::fill_n(symbol_at.begin() + shares_[s].first, shares_[s].size,
                static_cast<std::uint8_t>(s));
  const ByteReader start = reader;
  std::uint64_t even = reader.read<std::uint64_t>(field);
  std::uint64_t odd = reader.read<std::uint64_t>(field);
  const bool sound = std::min(even, odd) >= kLeastState && std::max(even, odd) >> 63 == 0;
  Words words(reader.rest());
  const auto step = [&](std::uint64_t& state, std::uint8_t& symbol) {
    const auto low = static_cast<std::uint32_t>(state & (kTotal - 1));
    symbol = symbol_at[low];
    const Share share = shares_[symbol];
    state = share.size * (state >> kBits) + low - share.first;
    if (state < kLeastState) state = state << 32 | words.next();
  };
  std::size_t i = 0;
  for (; i + 1 < symbols.size(); i += 2) {
    step(even, symbols[i]);
    step(odd, symbols[i + 1]);
  }
  if (i < symbols.size()) step(even, symbols[i]);
  reader.bytes(words.used(), field);
  if (!sound || even != kLeastState || odd != kLeastState)
    start.fail(fmt::format("{}: the coded symbols are not an encoder's", field));
}

void write_counted(ByteWriter& writer, std::span<const std::uint8_t> symbols) {
  const auto [first, last] = std::ranges::minmax(symbols);
  const SymbolWeights counts = count(symbols);
  writer.write(first);
  writer.write(last);
  for (std::size_t s = first; s <= last; ++s) writer.varint(counts[s]);
  writer.bytes(SymbolTable(counts).encode(symbols));
}

void read_counted(ByteReader& reader, std::span<std::uint8_t> symbols, std::string_view field) {
  const ByteReader start = reader;
  const auto first = reader.read<std::uint8_t>(field);
  const auto last = reader.read<std::uint8_t>(field);
  SymbolWeights counts{};
  std::uint64_t left = symbols.size();
  for (std::size_t s = first; s <= last; ++s) {
    counts[s] = reader.varint(field);
    if (counts[s] > left)
      start.fail(fmt::format("{}: more symbols than the {} there are", field, symbols.size()));
    left -= counts[s];
  }
  if (left != 0)
    start.fail(fmt::format("{}: {} of {} symbols are missing", field, left, symbols.size()));
  SymbolTable(counts).decode(reader, symbols, field);
  if (count(symbols) != counts || counts[first] == 0 || counts[last] == 0)
    start.fail(fmt::format("{}: the counts are not those of the symbols", field));
}

}  // namespace karnin
