// What is trained, and how: everything that decides the weights but the data.
#pragma once

#include <cstdint>
#include <string>

#include "formats/data/dataset.h"
#include "runtime/graph/graph.h"
#include "train/loop/trainer.h"

namespace karnin {

struct Recipe {
  std::string name;  ///< "base", "dropout", ...: part of a file's name
  Graph graph;
  TrainOptions train;  ///< its threads don't matter
};

/// As the paper trained, as far as it says: rate 0.001. Batch 4, momentum 0.9 and 2 epochs are the
/// reading whose accuracy comes near the paper's.
TrainOptions paper_training();

/// The paper's network for these images, trained so.
Recipe paper_recipe(const Dataset& dataset, std::uint64_t seed);

/// The same with dropout (rate 1/2) behind FC1 and FC2.
Recipe dropout_recipe(const Dataset& dataset, std::uint64_t seed);

}  // namespace karnin
