// A typed look at a JSON value that remembers where it is: "layers[2].kernel: expected ...".
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "formats/io/json_text.h"

namespace karnin {

/// Every accessor throws FileError, naming the JSON path, unless the value is what it asks for.
/// The Json and `where` must outlive the view.
class JsonView {
 public:
  JsonView(const Json& value, const std::string& where, std::string path = "")
      : value_(value), where_(where), path_(std::move(path)) {}

  /// An object with no other keys than these.
  void require_keys(std::span<const std::string_view> known) const;
  void require_keys(std::initializer_list<std::string_view> known) const {
    require_keys(std::span(known.begin(), known.size()));
  }
  bool has(std::string_view key) const;
  bool is_text() const { return value_.is_string(); }
  JsonView operator[](std::string_view key) const;

  bool is_array_of(std::size_t count) const { return value_.is_array() && value_.size() == count; }
  std::size_t size() const;                ///< of an array
  std::vector<JsonView> elements() const;  ///< of an array
  std::vector<std::int64_t> integers(std::size_t count, std::int64_t least,
                                     std::int64_t most) const;  ///< exactly `count` of them
  std::int64_t integer(std::int64_t least, std::int64_t most) const;
  float number() const;  ///< finite
  bool boolean() const;
  std::string text() const;

  [[noreturn]] void fail(const std::string& problem) const;

 private:
  [[noreturn]] void wrong_type(std::string_view expected) const;

  const Json& value_;
  const std::string& where_;
  std::string path_;
};

}  // namespace karnin
