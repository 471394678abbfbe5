#include "formats/io/json_text.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <set>

#include "runtime/core/error.h"

namespace karnin {
namespace {

/// The library's words without its "[json.exception...]" prefix, and never the whole input.
std::string reason(const std::exception& error) {
  const std::string what = error.what();
  const std::size_t end = what.find("] ");
  return what.substr(end == std::string::npos ? 0 : end + 2, 160);
}

/// Watches the parser: depth is bounded before a level is built, and no key comes twice.
class ParseGuard {
 public:
  ParseGuard(const std::string& where, std::uint64_t origin) : where_(where), origin_(origin) {}

  bool operator()(int depth, Json::parse_event_t event, const Json& parsed) {
    using Event = Json::parse_event_t;
    if ((event == Event::object_start || event == Event::array_start) && depth >= kMaxJsonDepth)
      throw FileError(where_, origin_,
                      fmt::format("JSON: nested deeper than {} levels", kMaxJsonDepth));
    if (event == Event::object_start) keys_.emplace_back();
    if (event == Event::object_end) keys_.pop_back();
    if (event == Event::key && !keys_.back().insert(parsed.get<std::string>()).second)
      throw FileError(where_, origin_, "JSON: the key " + parsed.dump() + " comes twice");
    return true;
  }

 private:
  const std::string& where_;
  std::uint64_t origin_;
  std::vector<std::set<std::string>> keys_;
};

}  // namespace

Json parse_json(std::string_view text, const std::string& where, std::uint64_t origin) {
  if (text.size() > kMaxJsonBytes)
    throw FileError(
        where, origin,
        fmt::format("JSON: expected at most {} bytes, got {}", kMaxJsonBytes, text.size()));
  ParseGuard guard(where, origin);
  try {
    return Json::parse(text, std::ref(guard));
  } catch (const Json::parse_error& error) {
    throw FileError(where, origin + error.byte, "JSON: " + reason(error));
  } catch (const Json::exception& error) {
    throw FileError(where, origin, "JSON: " + reason(error));
  }
}

std::string json_string(std::string_view text) {
  try {
    return Json(text).dump();
  } catch (const Json::exception& error) {
    throw ArgumentError("JSON: " + reason(error));
  }
}

std::string json_number(float value) {
  if (value == 0.0F) return "0";  // "-0" would be read as an integer, without its sign
  std::array<char, 32> buffer{};
  const auto result = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  return {buffer.data(), result.ptr};
}

std::string json_array(const std::vector<std::string>& elements) {
  return fmt::format("[{}]", fmt::join(elements, ","));
}

}  // namespace karnin
