#include "cli/verbs/dataset_listing.h"

#include "cli/console/table.h"
#include "cli/verbs/environment.h"
#include "formats/data/data_variable.h"
#include "formats/data/dataset.h"
#include "formats/report/quantity.h"
#include "runtime/core/error.h"

namespace karnin::cli {
namespace {

DatasetListing list_dataset(const std::string& name) {
  try {
    const DatasetSurvey found = survey_dataset(name, data_places());
    const std::string problem = notice_of_data_variable(data_places());
    return {name,
            true,
            found.directory.string(),
            found.note + (found.note.empty() || problem.empty() ? "" : "; ") + problem,
            found.train_images,
            found.test_images};
  } catch (const Error& error) {  // missing or unsound: the message says which
    return {name, false, {}, error.what()};
  }
}

}  // namespace

std::vector<DatasetListing> list_datasets() {
  return {list_dataset("cifar10"), list_dataset("fashion-mnist")};
}

std::string to_table(const std::vector<DatasetListing>& listings) {
  Table table("lrrll");
  table.add({"data set", "training", "test", "where", "note"});
  for (const DatasetListing& listing : listings)
    if (listing.found)
      table.add({listing.name, count(listing.train_images), count(listing.test_images),
                 listing.where, listing.note});
    else
      table.add({listing.name, "-", "-", "-", listing.note});
  return table.str();
}

nlohmann::ordered_json to_json(const std::vector<DatasetListing>& listings) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const DatasetListing& listing : listings)
    list.push_back({{"name", listing.name},
                    {"found", listing.found},
                    {"where", listing.where},
                    {"note", listing.note},
                    {"train_images", listing.train_images},
                    {"test_images", listing.test_images}});
  return list;
}

}  // namespace karnin::cli
