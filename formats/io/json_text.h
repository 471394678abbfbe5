// JSON in and out, with the limits that text from outside needs.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace karnin {

/// Numbers with a fraction are f32, as in the model: text and back gives the same bits.
using Json = nlohmann::basic_json<std::map, std::vector, std::string, bool, std::int64_t,
                                  std::uint64_t, float>;

inline constexpr std::size_t kMaxJsonBytes = std::size_t{4} << 20;
inline constexpr int kMaxJsonDepth = 32;

/// Refuses text over kMaxJsonBytes, nesting over kMaxJsonDepth and repeated keys. `where` names the
/// source in messages, `origin` is where the text starts in it. Throws FileError.
Json parse_json(std::string_view text, const std::string& where, std::uint64_t origin = 0);

/// A JSON string. Throws ArgumentError for text that is not UTF-8.
std::string json_string(std::string_view text);

/// The shortest decimal that reads back the same bits; both zeros are "0". `value` must be finite.
std::string json_number(float value);

/// [a,b,c] of texts that are JSON already.
std::string json_array(const std::vector<std::string>& elements);

}  // namespace karnin
