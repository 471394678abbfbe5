#include "cli/train_report.h"

#include <fmt/core.h>

#include "cli/model_data.h"
#include "cli/quantity.h"
#include "cli/table.h"

namespace karnin::cli {
namespace {

std::int64_t size_of_file(const Product& product) {
  return static_cast<std::int64_t>(std::filesystem::file_size(product.file));
}

}  // namespace

nlohmann::ordered_json product_json(const Product& product) {
  using Json = nlohmann::ordered_json;
  return {{"file", product.file.string()},
          {"file_bytes", size_of_file(product)},
          {"parameters", product.model.parameter_count()},
          {"nonzero", product.model.nonzero_count()},
          {"accuracy", product.accuracy ? Json(*product.accuracy) : Json()}};
}

std::string describe(const Dataset& dataset, const std::vector<Product>& products) {
  Table table("lrrrr");
  table.add({"file", "test accuracy", "parameters", "non-zero", "size"});
  for (const Product& product : products)
    table.add({product.file.string(), product.accuracy ? percent(*product.accuracy) : "-",
               count(product.model.parameter_count()), count(product.model.nonzero_count()),
               bytes(size_of_file(product))});
  return fmt::format("{}, {} test images\n{}", title(dataset), count(dataset.test.size()),
                     table.str());
}

}  // namespace karnin::cli
