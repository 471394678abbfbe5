// The outer form of a model file: header, section table, payloads. Knows lengths and checksums, not
// what the payloads mean. Normative: FORMAT.md, "Container".
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "formats/byte_reader.h"

namespace karnin {

enum class SectionKind : std::uint32_t {
  description = 1,
  provenance = 2,
  tensor = 3,
  sensitivity = 4,
};

/// As in PNG: a byte with the high bit set, CR LF, Ctrl-Z and LF show what 7-bit and text-mode
/// transfers damage.
inline constexpr std::array<std::uint8_t, 8> kMagic{0x89, 'K', 'R', 'N', '\r', '\n', 0x1A, '\n'};
inline constexpr std::uint32_t kFormatVersion = 1;
inline constexpr std::uint32_t kMaxSections = 16384;

struct Section {
  SectionKind kind;
  std::vector<std::uint8_t> payload;
};

struct SectionView {
  SectionKind kind;
  std::uint64_t table_offset;  ///< of the section's entry in the table
  ByteReader payload;
};

std::vector<std::uint8_t> encode_container(std::span<const Section> sections);

/// Checks all that can be checked without a look into the payloads: every byte of the file is
/// verified when this returns. The views point into `bytes` and `path`. Throws FileError.
std::vector<SectionView> decode_container(std::span<const std::uint8_t> bytes,
                                          std::string_view path);

}  // namespace karnin
