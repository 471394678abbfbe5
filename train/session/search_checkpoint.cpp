// The search for how much can be pruned, and the network that it keeps.
#include <algorithm>
#include <string>
#include <utility>

#include "train/session/arrays.h"

namespace karnin {
namespace {

/// Among weights of parameters with a mask, those of value 0 that are not pruned; as positions in
/// the row of all weights.
std::vector<std::uint64_t> kept_zeros(const Snapshot& kept, const Model& model) {
  std::vector<std::uint64_t> zeros;
  std::uint64_t first = 0;
  for (std::size_t p = 0; p < kept.values.size(); ++p) {
    const std::span<const float> weights = kept.values[p].span();
    for (std::size_t i = 0; i < weights.size() && !model.parameters[p].mask.empty(); ++i)
      if (weights[i] == 0 && (kept.masks[p].empty() || kept.masks[p][i] != 0))
        zeros.push_back(first + i);
    first += weights.size();
  }
  return zeros;
}

/// The inverse. A weight of 0 in a parameter with a mask is pruned unless it is among them.
Snapshot take_kept_network(const Checkpoint& checkpoint) {
  Snapshot kept{take_tensors_if_any("search.weights", checkpoint), {}};
  if (kept.is_empty()) return kept;
  std::span<const std::uint64_t> zeros;
  if (std::ranges::count(checkpoint.arrays, "search.kept_zeros", &NumberArray::name) > 0)
    zeros = checkpoint.numbers<std::uint64_t>("search.kept_zeros");
  std::vector<std::uint8_t> is_kept;
  for (const Tensor& tensor : kept.values)
    for (const float w : tensor.span()) is_kept.push_back(w != 0 ? 1 : 0);
  for (const std::uint64_t position : zeros) {
    if (position >= is_kept.size())
      throw ArgumentError("checkpoint: array 'search.kept_zeros': expected positions of weights");
    is_kept[position] = 1;
  }
  auto next = is_kept.begin();
  for (std::size_t p = 0; p < kept.values.size(); ++p) {
    const auto end = next + kept.values[p].size();
    const bool has_mask = !checkpoint.model.parameters[p].mask.empty();
    kept.masks.push_back(has_mask ? Mask(next, end) : Mask());
    next = end;
  }
  return kept;
}

}  // namespace

void put(const PruningSearchState& state, Checkpoint& checkpoint) {
  put("search.numbers",
      std::vector<double>{state.best, state.share, state.good, state.kept_accuracy,
                          static_cast<double>(state.waited), static_cast<double>(state.cooled)},
      checkpoint);
  put_tensors("search.weights", state.kept.values, checkpoint);
  if (auto zeros = kept_zeros(state.kept, checkpoint.model); !zeros.empty())
    put("search.kept_zeros", std::move(zeros), checkpoint);
}

PruningSearchState search_state(const Checkpoint& checkpoint) {
  const auto numbers = finite_numbers<double>(checkpoint, "search.numbers", 6);
  require_within(numbers[1], 0, 1, "search.numbers");
  require_within(numbers[2], -1, 1, "search.numbers");
  for (const std::size_t epochs : {4, 5})
    require_within(numbers[epochs], -1, 1e9, "search.numbers");
  Snapshot kept = take_kept_network(checkpoint);
  if ((numbers[0] >= 0) == kept.is_empty())
    throw ArgumentError("checkpoint: array 'search.weights': expected those of the best network");
  return {numbers[0],
          numbers[1],
          numbers[2],
          numbers[3],
          static_cast<std::int64_t>(numbers[4]),
          static_cast<std::int64_t>(numbers[5]),
          std::move(kept)};
}

}  // namespace karnin
