#include "formats/io/printable.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <iterator>

namespace karnin {
namespace {

struct Character {
  std::uint32_t code;
  std::size_t bytes;
  bool sound;  ///< UTF-8 as RFC 3629 has it; otherwise one byte, which is the code
};

/// The first one of a text that is not empty.
Character first_of(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const std::uint32_t lead = byte(0);
  if (lead < 0x80) return {lead, 1, true};
  const std::size_t bytes = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  constexpr std::uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  std::uint32_t code = lead & (0x7FU >> bytes);
  bool sound = lead >= 0xC2 && lead <= 0xF4 && text.size() >= bytes;
  for (std::size_t i = 1; sound && i < bytes; ++i) {
    sound = (byte(i) & 0xC0U) == 0x80;
    code = code << 6 | (byte(i) & 0x3FU);
  }
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (!sound || code < kLeast[bytes] || code > 0x10FFFF || surrogate) return {lead, 1, false};
  return {code, bytes, true};
}

bool is_control(std::uint32_t code) { return code < 0x20 || (code >= 0x7F && code <= 0x9F); }

/// Marks, embeddings, overrides and isolates of direction (UAX 9), and what ends a line or can't be
/// seen.
bool misleads(std::uint32_t code) {
  return code == 0x061C || (code >= 0x200B && code <= 0x200F) ||
         (code >= 0x2028 && code <= 0x202E) || (code >= 0x2060 && code <= 0x206F) || code == 0xFEFF;
}

bool may_stand(const Character& c, std::string_view layout) {
  if (!c.sound) return false;
  if (c.code < 0x80 && layout.find(static_cast<char>(c.code)) != std::string_view::npos)
    return true;
  return !is_control(c.code) && !misleads(c.code);
}

constexpr std::string_view kLayout = "\n\t";

std::string escaped(std::string_view text, std::string_view layout) {
  std::string safe;
  while (!text.empty()) {
    const Character c = first_of(text);
    if (may_stand(c, layout))
      safe += text.substr(0, c.bytes);
    else if (c.sound)
      fmt::format_to(std::back_inserter(safe), "\\u{:04x}", c.code);
    else
      fmt::format_to(std::back_inserter(safe), "\\x{:02x}", c.code);
    text.remove_prefix(c.bytes);
  }
  return safe;
}

}  // namespace

bool is_printable(std::string_view text) {
  while (!text.empty()) {
    const Character c = first_of(text);
    if (!may_stand(c, kLayout)) return false;
    text.remove_prefix(c.bytes);
  }
  return true;
}

std::string printable(std::string_view text) { return escaped(text, kLayout); }

std::string printable_line(std::string_view text) { return escaped(text, ""); }

}  // namespace karnin
