// Which data sets this machine has.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace karnin::cli {

struct DatasetListing {
  std::string name;
  bool found = false;
  std::string where;  ///< directory
  std::string note;   ///< of the data set, or why it or $KARNIN_DATA can't be used
  std::int64_t train_images = 0;
  std::int64_t test_images = 0;
};

/// The known ones, as far as survey_dataset() reads them.
std::vector<DatasetListing> list_datasets();

std::string to_table(const std::vector<DatasetListing>& listings);
nlohmann::ordered_json to_json(const std::vector<DatasetListing>& listings);

}  // namespace karnin::cli
