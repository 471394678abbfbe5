// What `train` says about the files that it left.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "formats/data/dataset.h"
#include "runtime/graph/model.h"

namespace karnin::cli {

/// What a run leaves, and what its test said.
struct Product {
  std::filesystem::path file;
  const Model& model;
  std::optional<double> accuracy;
};

nlohmann::ordered_json product_json(const Product& product);

/// The products as a table below the name of the data set.
std::string describe(const Dataset& dataset, const std::vector<Product>& products);

}  // namespace karnin::cli
