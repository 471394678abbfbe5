// Where data sets are looked for if nobody says where one is.
#pragma once

#include <filesystem>
#include <string>

namespace karnin {

struct DataPlaces {
  std::string variable;  ///< what KARNIN_DATA holds, under which messages know it; "": nothing
  std::filesystem::path cache;  ///< where fetch() puts them
};

}  // namespace karnin
