// Labelled images as they are on disk: u8 pixels, NCHW planes, never converted before a shard wants
// them; or floats, where that is what there is.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "runtime/core/extent.h"

namespace karnin {

struct ImageSet {
  Extent extent;
  std::vector<std::uint8_t> pixels;  ///< images x c x h x w; none where `values` are held
  std::vector<std::uint8_t> labels;  ///< each below the class count
  /// In place of pixels: what goes into a network as it is.
  std::vector<float> values{};  // NOLINT(*-redundant-member-init): GCC asks for it
  std::int64_t size() const { return static_cast<std::int64_t>(labels.size()); }
  bool holds_floats() const { return !values.empty(); }
  std::span<const std::uint8_t> image(std::int64_t i) const { return part(pixels, i); }
  std::span<const float> floats(std::int64_t i) const { return part(values, i); }

  /// From images x h x w x c, in place.
  void put_channels_first();
  /// To images x h x w x c; `extent` stays, and is to be changed by the caller.
  void put_channels_last();

 private:
  template <typename T>
  std::span<const T> part(const std::vector<T>& all, std::int64_t i) const {
    return std::span(all).subspan(static_cast<std::size_t>(i * extent.size()),
                                  static_cast<std::size_t>(extent.size()));
  }
};

}  // namespace karnin
