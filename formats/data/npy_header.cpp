#include "formats/data/npy_header.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <string_view>

#include "formats/io/byte_reader.h"
#include "runtime/core/error.h"

namespace karnin {
namespace {

constexpr std::size_t kMaxHeaderBytes = std::size_t{1} << 16;
constexpr std::size_t kMaxDims = 32;  // NumPy's own limit

/// Reads Python's literals, as many as are in a header.
class Literals {
 public:
  Literals(std::string_view text, std::uint64_t origin, const std::string& path)
      : text_(text), origin_(origin), path_(path) {}

  /// Behind blanks.
  bool take(std::string_view word) {
    skip_blanks();
    if (!text_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }

  void expect(std::string_view word) {
    if (!take(word)) fail(fmt::format("expected {}", word));
  }

  std::string_view string() {
    const bool single = take("'");
    if (!single) expect("\"");
    const std::size_t end = text_.find(single ? '\'' : '"', at_);
    if (end == std::string_view::npos) fail("expected a string that ends");
    const std::string_view value = text_.substr(at_, end - at_);
    at_ = end + 1;
    return value;
  }

  bool boolean() {
    if (take("True")) return true;
    expect("False");
    return false;
  }

  std::int64_t integer() {
    skip_blanks();
    std::int64_t value = 0;
    const char* begin = text_.data() + at_;
    const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), value);
    if (error != std::errc{} || value < 0) fail("expected a number from 0");
    at_ += static_cast<std::size_t>(end - begin);
    return value;
  }

  /// "(3, 4)", "(3,)" or "()".
  std::vector<std::int64_t> tuple() {
    expect("(");
    std::vector<std::int64_t> values;
    while (!take(")")) {
      if (values.size() == kMaxDims) fail(fmt::format("expected at most {} dimensions", kMaxDims));
      values.push_back(integer());
      if (take(",")) continue;
      expect(")");
      break;
    }
    return values;
  }

  void expect_end() {
    skip_blanks();
    if (at_ != text_.size()) fail("expected its end");
  }

  [[noreturn]] void fail(const std::string& problem) const {
    throw FileError(path_, origin_ + at_, ".npy header: " + problem);
  }

 private:
  void skip_blanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) ++at_;
  }

  std::string_view text_;
  std::uint64_t origin_;
  const std::string& path_;
  std::size_t at_ = 0;
};

template <typename T>
void take_once(Literals& text, std::optional<T>& value, T given) {
  if (value) text.fail("a key stands there twice");
  value = std::move(given);
}

NpyHeader parse_dictionary(Literals text) {
  std::optional<std::string> descr;
  std::optional<bool> fortran_order;
  std::optional<std::vector<std::int64_t>> dims;
  text.expect("{");
  while (!text.take("}")) {
    const std::string_view key = text.string();
    text.expect(":");
    if (key == "descr")
      take_once(text, descr, std::string(text.string()));
    else if (key == "fortran_order")
      take_once(text, fortran_order, text.boolean());
    else if (key == "shape")
      take_once(text, dims, text.tuple());
    else
      text.fail("expected descr, fortran_order or shape");
    if (text.take(",")) continue;
    text.expect("}");
    break;
  }
  text.expect_end();
  if (!descr || !fortran_order || !dims) text.fail("expected descr, fortran_order and shape");
  return {*std::move(descr), *fortran_order, *std::move(dims)};
}

}  // namespace

NpyHeader parse_npy_header(std::span<const std::uint8_t> file, const std::string& path) {
  ByteReader reader(file, path);
  const auto magic = reader.bytes(6, ".npy magic");
  if (std::string_view(reinterpret_cast<const char*>(magic.data()), 6) != "\x93NUMPY")
    reader.fail_at(0, "expected a .npy file, got something else");
  const auto version = reader.read<std::uint8_t>(".npy version");
  const auto minor = reader.read<std::uint8_t>(".npy version");
  if (version < 1 || version > 3 || minor != 0)
    reader.fail_at(6, fmt::format(".npy version: expected 1.0 to 3.0, got {}.{}", version, minor));
  const std::size_t length = version == 1 ? reader.read<std::uint16_t>(".npy header")
                                          : reader.read<std::uint32_t>(".npy header");
  if (length > kMaxHeaderBytes)
    reader.fail(
        fmt::format(".npy header: expected at most {} bytes, got {}", kMaxHeaderBytes, length));
  const std::uint64_t origin = reader.offset();
  const auto text = reader.bytes(length, ".npy header");
  NpyHeader header =
      parse_dictionary({{reinterpret_cast<const char*>(text.data()), text.size()}, origin, path});
  header.bytes = static_cast<std::size_t>(origin) + length;
  return header;
}

}  // namespace karnin
