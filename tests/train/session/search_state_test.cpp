// What a search for the sparsity keeps in a checkpoint: weights of 0 that are not pruned, too.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/pruned_model.h"
#include "tests/support/small_network.h"
#include "train/loop/initialise.h"
#include "train/session/checkpoint.h"

namespace karnin {
namespace {

Model masked_network() {
  Model model = make_model(test::small_network({3, 14, 14}, 5));
  initialise(model, 1);
  test::prune_matrices(model, 0.3);
  return model;
}

/// The kept network of a search, with a weight of 0 that is not pruned.
PruningSearchState with_kept_zero(Model& model) {
  const auto kept = std::ranges::find(model.parameters[4].mask, std::uint8_t{1});
  model.parameters[4].value.data()[kept - model.parameters[4].mask.begin()] = 0;
  PruningSearchState state{.best = 0.5, .share = 0.3, .good = 0.4, .kept = {}};
  state.kept.take(model);
  return state;
}

TEST(SearchState, TellsKeptWeightsOfZeroFromPrunedOnes) {
  Checkpoint checkpoint{masked_network(), "{}", {}};
  const PruningSearchState state = with_kept_zero(checkpoint.model);
  put(state, checkpoint);
  EXPECT_EQ(search_state(decode_checkpoint(encode_checkpoint(checkpoint), "file")), state);
}

TEST(SearchState, WhoseKeptZerosAreNoWeightsIsRefused) {
  Checkpoint checkpoint{masked_network(), "{}", {}};
  put(with_kept_zero(checkpoint.model), checkpoint);
  const auto weights = static_cast<std::uint64_t>(checkpoint.model.parameter_count());
  for (const std::uint64_t position : {weights, ~std::uint64_t{0}}) {
    std::get<2>(checkpoint.arrays.back().values).back() = position;
    EXPECT_THROW(search_state(checkpoint), ArgumentError) << position;
  }
}

}  // namespace
}  // namespace karnin
