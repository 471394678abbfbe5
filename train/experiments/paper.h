// What Khanal (2018) printed, to stand beside what is measured here.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace karnin::paper {

inline constexpr std::array<std::string_view, 10> kClasses{
    "plane", "car", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"};

inline constexpr int kAccuracy = 52;        ///< percent, base and pruned alike
inline constexpr int kRandomAccuracy = 31;  ///< percent, of random scores at the first threshold

/// Percent of each class: Tables 3, 4 and 5.
inline constexpr std::array<int, 10> kBase{56, 51, 33, 42, 39, 40, 64, 61, 57, 71};
inline constexpr std::array<int, 10> kPruned{57, 52, 35, 40, 41, 41, 64, 62, 57, 69};
inline constexpr std::array<int, 10> kRandom{15, 11, 71, 6, 46, 7, 62, 4, 57, 23};

/// 20 equally spaced thresholds, the first of which every table is about.
inline constexpr double kFirstThreshold = 0.45;
inline constexpr double kLastThreshold = 0.001;
inline constexpr std::size_t kThresholds = 20;

/// A row of Tables 6 and 7. Table 7's thresholds 0.45, 0.31, 0.21, 0.12 and 0.01 are rounded ones
/// of the 20; those of Table 6 are lost, and taken to be the same five.
struct SweepRow {
  std::size_t threshold;  ///< which of the 20
  double accuracy;        ///< percent
  int fc1;                ///< synapses removed
  int fc2;
};
inline constexpr std::array<SweepRow, 5> kTable6{
    {{0, 52, 46, 13}, {6, 52, 3, 3}, {10, 52, 2, 2}, {14, 52, 1, 1}, {19, 52, 1, 1}}};
inline constexpr std::array<SweepRow, 5> kTable7{{{0, 31, 21653, 4497},
                                                  {6, 44, 14830, 3139},
                                                  {10, 49, 10326, 2170},
                                                  {14, 51, 5662, 1257},
                                                  {19, 52, 37, 7}}};

}  // namespace karnin::paper
