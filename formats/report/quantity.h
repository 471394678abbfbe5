// Numbers as people read them.
#pragma once

#include <cstdint>
#include <string>

namespace karnin {

std::string count(std::int64_t n);     ///< "63,910"
std::string bytes(std::int64_t n);     ///< "640 B", "255.6 kB", "1.6 MB"
std::string percent(double share);     ///< 0.5702 -> "57.02 %"
std::string duration(double seconds);  ///< "0:07", "12:30", "1:02:03"

}  // namespace karnin
