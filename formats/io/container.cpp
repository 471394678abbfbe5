#include "formats/io/container.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "formats/io/crc32c.h"

namespace karnin {
namespace {

constexpr std::size_t kHeaderBytes = 36;
constexpr std::size_t kHeaderCheckedBytes = kHeaderBytes - sizeof(std::uint32_t);
constexpr std::size_t kTableEntryBytes = 16;

struct Header {
  std::uint32_t sections = 0;
  std::uint32_t table_crc = 0;
};

void check_crc(const ByteReader& at, std::span<const std::uint8_t> bytes, std::uint32_t expected,
               std::string_view field) {
  if (const std::uint32_t got = crc32c(bytes); got != expected)
    at.fail(
        fmt::format("{}: damaged, expected checksum {:#010x}, got {:#010x}", field, expected, got));
}

constexpr std::uint32_t kFirstGraphVersion = 3;

std::string describe(Features features) {
  if (features == Features::none) return "none";
  if (features == Features::checkpoint) return "0x1 (the checkpoint of a run)";
  return fmt::format("{:#x}", static_cast<std::uint32_t>(features));
}

/// Magic, version and features come first and stay where they are in every version, so that an old
/// build can say what it lacks before it trusts anything else.
void check_identity(ByteReader& reader, Features expected) {
  const ByteReader start = reader;
  if (!std::ranges::equal(reader.bytes(kMagic.size(), "magic"), kMagic))
    start.fail("not a karnin model: the first 8 bytes are not its magic");
  const ByteReader version_at = reader;
  const auto version = reader.read<std::uint32_t>("version");
  if (version < 1 || version > kFormatVersion)
    version_at.fail(
        fmt::format("format version: expected 1 to {}, got {}", kFormatVersion, version));
  const ByteReader features_at = reader;
  const auto features = static_cast<Features>(reader.read<std::uint32_t>("features"));
  const bool may_be_graph = version >= kFirstGraphVersion;
  if (features != expected && !(may_be_graph && features == (expected | Features::graph)))
    features_at.fail(
        fmt::format("features: expected {}, got {}", describe(expected), describe(features)));
}

Header read_header(ByteReader& reader, std::span<const std::uint8_t> bytes, Features features) {
  check_identity(reader, features);
  Header header;
  const ByteReader size_at = reader;
  const auto file_size = reader.read<std::uint64_t>("file size");
  const ByteReader count_at = reader;
  header.sections = reader.read<std::uint32_t>("section count");
  header.table_crc = reader.read<std::uint32_t>("table checksum");
  const ByteReader crc_at = reader;
  check_crc(crc_at, bytes.first(kHeaderCheckedBytes), reader.read<std::uint32_t>("header checksum"),
            "header");
  if (file_size != bytes.size())
    size_at.fail(fmt::format("file size: expected {}, got {}", file_size, bytes.size()));
  if (header.sections > kMaxSections)
    count_at.fail(
        fmt::format("section count: expected at most {}, got {}", kMaxSections, header.sections));
  return header;
}

}  // namespace

ContainerWriter::ContainerWriter(std::size_t payload_bytes) {
  constexpr std::size_t kMostTable = 4096 * kTableEntryBytes;  // of nearly all files
  payloads_.reserve(payload_bytes + kHeaderBytes + kMostTable);
}

void ContainerWriter::add(const Section& section) {
  ++sections_;
  table_.write(static_cast<std::uint32_t>(section.kind));
  table_.write(crc32c(section.payload));
  table_.write(std::uint64_t{section.payload.size()});
  payloads_.bytes(section.payload);
}

/// What comes first is known last, and put in front by moving all else.
std::vector<std::uint8_t> ContainerWriter::finish(Features features, std::uint32_t version) {
  ByteWriter head;
  head.bytes(kMagic);
  head.write(version);
  head.write(static_cast<std::uint32_t>(features));
  head.write(std::uint64_t{kHeaderBytes} + table_.span().size() + payloads_.span().size());
  head.write(sections_);
  head.write(crc32c(table_.span()));
  head.write(crc32c(head.span()));
  head.bytes(table_.span());
  std::vector<std::uint8_t> file = payloads_.take();
  file.insert(file.begin(), head.span().begin(), head.span().end());
  return file;
}

std::vector<std::uint8_t> encode_container(std::vector<Section> sections, Features features,
                                           std::uint32_t version) {
  std::size_t bytes = 0;
  for (const Section& section : sections) bytes += section.payload.size();
  ContainerWriter writer(bytes);
  for (Section& section : sections) {
    writer.add(section);
    section.payload = {};
  }
  return writer.finish(features, version);
}

std::vector<SectionView> decode_container(std::span<const std::uint8_t> bytes,
                                          std::string_view path, Features expected) {
  ByteReader reader(bytes, path);
  const Header header = read_header(reader, bytes, expected);
  const ByteReader table_at = reader;
  const auto table_bytes = std::uint64_t{header.sections} * kTableEntryBytes;
  ByteReader table = reader.slice(table_bytes, "section table");
  check_crc(table_at, bytes.subspan(kHeaderBytes, table_bytes), header.table_crc, "section table");
  std::vector<SectionView> views;
  for (std::uint32_t i = 0; i < header.sections; ++i) {
    const std::uint64_t entry = table.offset();
    const auto kind = static_cast<SectionKind>(table.read<std::uint32_t>("section kind"));
    const auto crc = table.read<std::uint32_t>("section checksum");
    const auto length = table.read<std::uint64_t>("section length");
    const ByteReader payload = reader.slice(length, "section payload");
    check_crc(payload, bytes.subspan(payload.offset(), length), crc, "section payload");
    views.push_back({kind, entry, payload});
  }
  reader.expect_end("file");
  return views;
}

std::uint32_t version_of(std::span<const std::uint8_t> bytes) noexcept {
  std::uint32_t version = 0;
  std::memcpy(&version, bytes.data() + kMagic.size(), sizeof version);
  return version;
}

Features features_of(std::span<const std::uint8_t> bytes) noexcept {
  constexpr std::size_t kFeaturesAt = kMagic.size() + sizeof(std::uint32_t);
  std::uint32_t features = 0;
  if (bytes.size() >= kFeaturesAt + sizeof features &&
      std::ranges::equal(bytes.first(kMagic.size()), kMagic))
    std::memcpy(&features, bytes.data() + kFeaturesAt, sizeof features);
  return static_cast<Features>(features);
}

}  // namespace karnin
