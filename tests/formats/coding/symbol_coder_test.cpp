#include "formats/coding/symbol_coder.h"

#include <gmock/gmock.h>

#include <cmath>
#include <random>

#include "tests/support/error_message.h"

namespace karnin {
namespace {

using test::error_message;
using ::testing::HasSubstr;

using Bytes = std::vector<std::uint8_t>;

/// Geometric, so that symbols are as unlike in frequency as can be.
Bytes geometric_symbols(std::size_t count, double p, std::uint32_t seed) {
  std::mt19937 rng(seed);
  std::geometric_distribution<int> geometric(p);
  Bytes symbols(count);
  for (std::uint8_t& symbol : symbols) symbol = static_cast<std::uint8_t>(geometric(rng) % 256);
  return symbols;
}

Bytes counted(const Bytes& symbols) {
  ByteWriter writer;
  write_counted(writer, symbols);
  return writer.take();
}

Bytes decode_counted(const Bytes& bytes, std::size_t count) {
  ByteReader reader(bytes, "file");
  Bytes symbols(count);
  read_counted(reader, symbols, "symbols");
  reader.expect_end("symbols");
  return symbols;
}

double entropy_bits(const Bytes& symbols) {
  std::array<double, 256> counts{};
  for (const std::uint8_t symbol : symbols) counts[symbol] += 1;
  double bits = 0;
  for (const double count : counts)
    if (count > 0) bits += count * std::log2(static_cast<double>(symbols.size()) / count);
  return bits;
}

TEST(SymbolCoder, AnySymbolsComeBack) {
  std::uint32_t seed = 0;
  for (const std::size_t count : {1, 2, 3, 10, 1001, 50'000})
    for (const double p : {0.001, 0.1, 0.5, 0.95}) {
      const Bytes symbols = geometric_symbols(count, p, ++seed);
      EXPECT_EQ(decode_counted(counted(symbols), count), symbols) << count << ", " << p;
    }
  EXPECT_EQ(decode_counted(counted(Bytes(1000, 255)), 1000), Bytes(1000, 255));
  EXPECT_EQ(counted(Bytes(1000, 255)).size(), 2U + 2 + 16) << "no bits for what is certain";
}

TEST(SymbolCoder, SymbolsTakeTheirEntropy) {
  for (const double p : {0.02, 0.1, 0.5, 0.95}) {
    const Bytes symbols = geometric_symbols(100'000, p, 5);
    const double bits = 8.0 * static_cast<double>(counted(symbols).size());
    EXPECT_LE(bits, 1.002 * entropy_bits(symbols) + 256 * 3 * 8 + 200) << p;
    EXPECT_GE(bits, entropy_bits(symbols)) << p;
  }
}

/// One symbol in a million of all others leaves the rare ones the smallest share there is.
TEST(SymbolCoder, RareSymbolsComeBack) {
  Bytes symbols(1'000'000, 7);
  for (int symbol = 0; symbol < 256; ++symbol)
    symbols[static_cast<std::size_t>(symbol) * 3000] = static_cast<std::uint8_t>(symbol);
  EXPECT_EQ(decode_counted(counted(symbols), symbols.size()), symbols);
}

/// Every change of one bit and every cut: refused, or the form of other symbols.
TEST(SymbolCoder, HasOneForm) {
  const Bytes symbols = geometric_symbols(400, 0.3, 9);
  const Bytes sound = counted(symbols);
  for (std::size_t bit = 0; bit < sound.size() * 8; ++bit) {
    Bytes changed = sound;
    changed[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    try {
      ASSERT_EQ(counted(decode_counted(changed, symbols.size())), changed) << "bit " << bit;
    } catch (const FileError&) {
    }
  }
  for (std::size_t length = 0; length < sound.size(); ++length)
    EXPECT_THROW(
        decode_counted(Bytes(sound.begin(), sound.begin() + static_cast<std::ptrdiff_t>(length)),
                       symbols.size()),
        FileError);
}

TEST(SymbolCoder, RefusesWrongCounts) {
  const auto refusal = [](const Bytes& bytes, std::size_t count) {
    return error_message<FileError>([&] { decode_counted(bytes, count); });
  };
  EXPECT_THAT(refusal({3, 4, 5, 6}, 10), HasSubstr("more symbols than the 10"));
  EXPECT_THAT(refusal({3, 4, 5, 4}, 10), HasSubstr("1 of 10 symbols are missing"));
  EXPECT_THAT(refusal({4, 3}, 10), HasSubstr("10 of 10 symbols are missing"));
  Bytes states(16, 0x80);  // both out of bounds
  states.insert(states.begin(), {3, 3, 10});
  EXPECT_THAT(refusal(states, 10), HasSubstr("not an encoder's"));
  // Sound but for a first symbol that never comes, and for a last one.
  Bytes wide = counted(Bytes(10, 3));
  wide[0] = 2;
  wide.insert(wide.begin() + 2, 0);
  EXPECT_THAT(refusal(wide, 10), HasSubstr("the counts are not those of the symbols"));
  wide = counted(Bytes(10, 3));
  wide[1] = 4;
  wide.insert(wide.begin() + 3, 0);
  EXPECT_THAT(refusal(wide, 10), HasSubstr("the counts are not those of the symbols"));
}

}  // namespace
}  // namespace karnin
