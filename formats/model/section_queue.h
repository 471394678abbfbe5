// Takes the sections of a file one after another and insists on the order that the format demands.
// Also turns text into a section's payload and back, as models and checkpoints both need it.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "formats/io/container.h"

namespace karnin {

class SectionQueue {
 public:
  /// `bytes` and `path` must outlive the queue. Throws as decode_container() does.
  SectionQueue(std::span<const std::uint8_t> bytes, std::string_view path,
               Features features = Features::none)
      : views_(decode_container(bytes, path, features)),
        end_(bytes, path, 0),
        version_(version_of(bytes)),
        features_(features_of(bytes)) {}

  /// Of the file: payloads differ between versions.
  std::uint32_t version() const { return version_; }
  Features features() const { return features_; }

  bool next_is(SectionKind kind) const {
    return next_ < views_.size() && views_[next_].kind == kind;
  }

  /// Where the next section's payload starts, or the file where none is left: for messages.
  const ByteReader& peek() const { return next_ < views_.size() ? views_[next_].payload : end_; }

  /// The next section's payload. Throws FileError unless it is of this kind; `field` names it.
  ByteReader take(SectionKind kind, std::string_view field);

  /// Throws FileError, as one that expected `last`, if a section is left.
  void expect_end(SectionKind last, std::string_view field) const;

 private:
  [[noreturn]] void refuse(SectionKind expected, std::string_view field) const;

  std::vector<SectionView> views_;
  ByteReader end_;
  std::uint32_t version_;
  Features features_;
  std::size_t next_ = 0;
};

/// Throws ArgumentError for more than kMaxJsonBytes (json_text.h).
std::vector<std::uint8_t> text_payload(std::string_view text);

/// All that is left of the payload, as text; valid as long as the file's bytes.
std::string_view text_of(ByteReader& payload, std::string_view field);

}  // namespace karnin
