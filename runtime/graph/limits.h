// What no network may exceed.
#pragma once

#include <cstddef>
#include <cstdint>

namespace karnin {

/// Largest dimension or kernel size, largest number of activations of an image or of weights in all
/// that a graph may name: above any network this runtime is for (VGG-16 has 2^27 weights), and
/// refused before memory is asked for, of which training takes some 40 bytes a weight.
inline constexpr std::int64_t kMaxDim = 1 << 20;
inline constexpr std::int64_t kMaxElements = std::int64_t{1} << 28;
inline constexpr std::size_t kMaxNodes = 4096;  ///< inputs not counted

}  // namespace karnin
