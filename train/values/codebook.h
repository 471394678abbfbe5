// A few values that stand for many: k-means in one dimension.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace karnin {

/// At most `entries` values in ascending order that are near to all of `values`: Lloyd's algorithm
/// (IEEE Trans. Information Theory 28(2), 1982) from quantiles and from equal steps, the better of
/// the two. The distinct values themselves where there are no more than `entries`; otherwise
/// rounded by round_to_entry(). `values` are finite and not none, entries >= 1.
std::vector<float> make_codebook(std::span<const float> values, int entries);

/// Entries go into a file too: 10 bits of mantissa are enough for them.
float round_to_entry(double value);

/// The largest value that is no farther from `lower` than from `upper`.
float last_nearer(float lower, float upper);

/// Index of the entry next to `value`; of two as near, the lower. The codebook is ascending.
std::size_t nearest_entry(std::span<const float> codebook, float value);

}  // namespace karnin
