#include "formats/io/json_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "runtime/core/error.h"

namespace karnin {

void JsonView::require_keys(std::span<const std::string_view> known) const {
  if (!value_.is_object()) wrong_type("an object");
  for (const auto& [key, value] : value_.items())
    if (std::ranges::find(known, key) == known.end())
      fail(fmt::format("unknown key {}: expected {}", Json(key).dump(), fmt::join(known, ", ")));
}

bool JsonView::has(std::string_view key) const { return value_.contains(key); }

JsonView JsonView::operator[](std::string_view key) const {
  if (!value_.is_object()) wrong_type("an object");
  const auto found = value_.find(key);
  if (found == value_.end()) fail(fmt::format("expected a key \"{}\", got none", key));
  return {*found, where_, path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key)};
}

std::size_t JsonView::size() const {
  if (!value_.is_array()) wrong_type("an array");
  return value_.size();
}

std::vector<JsonView> JsonView::elements() const {
  std::vector<JsonView> views;
  views.reserve(size());
  for (std::size_t i = 0; i < size(); ++i)
    views.emplace_back(value_[i], where_, fmt::format("{}[{}]", path_, i));
  return views;
}

std::vector<std::int64_t> JsonView::integers(std::size_t count, std::int64_t least,
                                             std::int64_t most) const {
  if (!value_.is_array() || value_.size() != count)
    wrong_type(fmt::format("an array of {} integers", count));
  std::vector<std::int64_t> values;
  for (const JsonView& element : elements()) values.push_back(element.integer(least, most));
  return values;
}

std::int64_t JsonView::integer(std::int64_t least, std::int64_t most) const {
  if (!value_.is_number_integer()) wrong_type("an integer");
  // get<int64_t>() would wrap an unsigned value above 2^63 - 1.
  const bool fits =
      !value_.is_number_unsigned() || std::in_range<std::int64_t>(value_.get<std::uint64_t>());
  if (const auto value = value_.get<std::int64_t>(); fits && value >= least && value <= most)
    return value;
  fail(fmt::format("expected {} to {}, got {}", least, most, value_.dump()));
}

float JsonView::number() const {
  if (!value_.is_number()) wrong_type("a number");
  return value_.get<float>();
}

bool JsonView::boolean() const {
  if (!value_.is_boolean()) wrong_type("true or false");
  return value_.get<bool>();
}

std::string JsonView::text() const {
  if (!value_.is_string()) wrong_type("a string");
  return value_.get<std::string>();
}

void JsonView::fail(const std::string& problem) const {
  throw FileError(where_, 0, (path_.empty() ? "JSON" : path_) + ": " + problem);
}

void JsonView::wrong_type(std::string_view expected) const {
  fail(fmt::format("expected {}, got {}", expected, value_.dump(-1, ' ', true).substr(0, 80)));
}

}  // namespace karnin
