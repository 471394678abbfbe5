// What the files of own data don't say of themselves.
#pragma once

#include <cstdint>
#include <optional>

#include "runtime/core/extent.h"

namespace karnin {

/// Whether an array has the channels of an image in front of its rows or behind its columns.
enum class ArrayOrder { nchw, nhwc };

struct DataForm {
  /// Of arrays of four axes. Empty: the one order in which they are what the network takes; where
  /// that doesn't tell, the usual one, or nhwc where the last axis is at most 4 long and the second
  /// is longer, nchw otherwise.
  std::optional<ArrayOrder> order{};  // NOLINT(*-redundant-member-init): GCC asks for it
  /// What PNG and JPEG images are made to fit. Channels 0: those of the first image; sides 0: its
  /// sides, which all others must share.
  Extent image{};
  Extent input{};  ///< what the network takes, if there is one
  /// Of the files that it learnt from.
  std::optional<ArrayOrder> usual{};  // NOLINT(*-redundant-member-init)
};

}  // namespace karnin
