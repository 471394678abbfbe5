#include "train/experiments/confusion_csv.h"

#include <vector>

namespace karnin {
namespace {

std::vector<std::string> confusion_header(const Dataset& dataset) {
  std::vector<std::string> columns{"network", "seed", "class"};
  columns.insert(columns.end(), dataset.classes.begin(), dataset.classes.end());
  return columns;
}

}  // namespace

ConfusionCsv::ConfusionCsv(const Dataset& dataset)
    : dataset_(dataset), csv_(confusion_header(dataset)) {}

void ConfusionCsv::add(const std::string& network, std::uint64_t seed,
                       const ConfusionMatrix& confusion) {
  for (std::int64_t label = 0; label < confusion.classes(); ++label) {
    std::vector<std::string> row{network, std::to_string(seed),
                                 dataset_.classes[static_cast<std::size_t>(label)]};
    for (std::int64_t p = 0; p < confusion.classes(); ++p)
      row.push_back(std::to_string(confusion.at(label, p)));
    csv_.add(row);
  }
}

}  // namespace karnin
