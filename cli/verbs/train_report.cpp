#include "cli/verbs/train_report.h"

#include <fmt/core.h>

#include <algorithm>

#include "cli/console/table.h"
#include "formats/io/file_status.h"
#include "formats/report/quantity.h"
#include "train/session/dataset_title.h"

namespace karnin::cli {
namespace {

std::int64_t pruned_count(const Model& model) {
  std::int64_t pruned = 0;
  for (const Parameter& parameter : model.parameters)
    pruned += std::ranges::count(parameter.mask, std::uint8_t{0});
  return pruned;
}

}  // namespace

nlohmann::ordered_json product_json(const Product& product) {
  using Json = nlohmann::ordered_json;
  return {{"file", product.file.string()},
          {"file_bytes", file_bytes(product.file)},
          {"parameters", product.model.parameter_count()},
          {"pruned", pruned_count(product.model)},
          {"nonzero", product.model.nonzero_count()},
          {"accuracy", product.accuracy ? Json(*product.accuracy) : Json()}};
}

std::string describe(const Dataset& dataset, const std::vector<Product>& products) {
  Table table("lrrrrr");
  table.add({"file", "test accuracy", "parameters", "pruned", "non-zero", "size"});
  for (const Product& product : products)
    table.add({product.file.string(), product.accuracy ? percent(*product.accuracy) : "-",
               count(product.model.parameter_count()), count(pruned_count(product.model)),
               count(product.model.nonzero_count()), bytes(file_bytes(product.file))});
  return fmt::format("{}, {} test images\n{}", title(dataset), count(dataset.test.size()),
                     table.str());
}

}  // namespace karnin::cli
