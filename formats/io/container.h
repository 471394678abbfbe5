// The outer form of model files and checkpoints: header, section table, payloads. Knows lengths and
// checksums, not what the payloads mean. Normative: FORMAT.md, "Container".
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "formats/io/byte_reader.h"
#include "formats/io/byte_writer.h"

namespace karnin {

enum class SectionKind : std::uint32_t {
  description = 1,
  provenance = 2,
  tensor = 3,
  sensitivity = 4,
  run = 5,
  numbers = 6,
};

/// What a reader must know about besides the version: one bit each.
enum class Features : std::uint32_t {
  none = 0,
  checkpoint = 1,  ///< sections of kinds run and numbers, after those of the model
  graph = 2,       ///< a network that the first schema has no words for
};

constexpr Features operator|(Features a, Features b) {
  return static_cast<Features>(static_cast<std::uint32_t>(a) | static_cast<std::uint32_t>(b));
}
constexpr bool has(Features features, Features bit) { return (features | bit) == features; }

/// As in PNG: a byte with the high bit set, CR LF, Ctrl-Z and LF show what 7-bit and text-mode
/// transfers damage.
inline constexpr std::array<std::uint8_t, 8> kMagic{0x89, 'K', 'R', 'N', '\r', '\n', 0x1A, '\n'};
/// What is written; all from 1 on are read.
inline constexpr std::uint32_t kFormatVersion = 3;
inline constexpr std::uint32_t kMaxSections = 16384;
/// Far above any model this runtime is for; a bound on what a stray path can make us read.
inline constexpr std::uint64_t kMaxModelBytes = std::uint64_t{1} << 36;

struct Section {
  SectionKind kind{};
  std::vector<std::uint8_t> payload;
};

struct SectionView {
  SectionKind kind{};
  std::uint64_t table_offset = 0;  ///< of the section's entry in the table
  ByteReader payload;
};

/// A file whose sections come one after the other, so that they aren't all there beside it.
class ContainerWriter {
 public:
  /// Room for payloads of about so many bytes, which would be copied when it runs out.
  explicit ContainerWriter(std::size_t payload_bytes);

  void add(const Section& section);
  /// The file. Nothing can be added behind it.
  std::vector<std::uint8_t> finish(Features features, std::uint32_t version = kFormatVersion);

 private:
  ByteWriter table_, payloads_;
  std::uint32_t sections_ = 0;
};

/// Gives each payload back as soon as it is in the file: both would be twice the memory.
std::vector<std::uint8_t> encode_container(std::vector<Section> sections,
                                           Features features = Features::none,
                                           std::uint32_t version = kFormatVersion);

/// Checks all that can be checked without a look into the payloads: every byte of the file is
/// verified when this returns. The views point into `bytes` and `path`. Throws FileError, also
/// where the file has other features than these; it may hold a graph besides.
std::vector<SectionView> decode_container(std::span<const std::uint8_t> bytes,
                                          std::string_view path,
                                          Features expected = Features::none);

/// Of a file that decode_container() accepted: 1 to kFormatVersion.
std::uint32_t version_of(std::span<const std::uint8_t> bytes) noexcept;

/// What a file with a sound beginning says that it has; none for any other.
Features features_of(std::span<const std::uint8_t> bytes) noexcept;

}  // namespace karnin
