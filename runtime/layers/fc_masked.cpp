#include "runtime/layers/fc_masked.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <vector>

#include "runtime/kernels/kernels.h"

namespace karnin {
namespace {

constexpr double kMostKept = 0.3;

/// (oc x ic), or transposed, with the numbers of RefreshedSparse for the weights that are kept.
SparseMatrix numbered(std::span<const std::uint8_t> mask, std::int64_t oc, std::int64_t ic,
                      bool transposed) {
  std::vector<float> numbers(mask.size(), 0.0F);
  for (std::size_t i = 0; i < mask.size(); ++i) {
    if (mask[i] == 0) continue;
    const auto o = i / static_cast<std::size_t>(ic), c = i % static_cast<std::size_t>(ic);
    numbers[transposed ? c * static_cast<std::size_t>(oc) + o : i] =
        std::bit_cast<float>(static_cast<std::uint32_t>(i + 1));
  }
  return transposed ? SparseMatrix::from_dense(numbers, ic, oc)
                    : SparseMatrix::from_dense(numbers, oc, ic);
}

std::uint32_t first_pruned(std::span<const std::uint8_t> mask) {
  return static_cast<std::uint32_t>(std::ranges::find(mask, std::uint8_t{0}) - mask.begin());
}

}  // namespace

/// Packing moves values about and fills up with 0, which no number is.
RefreshedSparse::RefreshedSparse(const SparseMatrix& numbered, std::uint32_t zero)
    : packed_(numbered, kernels::active().lanes) {
  packed_.replace_weights([&](float value) {
    const auto number = std::bit_cast<std::uint32_t>(value);
    sources_.push_back(number == 0 ? zero : number - 1);
    return 0.0F;
  });
}

void RefreshedSparse::refresh(const float* weights) {
  const std::uint32_t* source = sources_.data();
  packed_.replace_weights([&](float /*old*/) { return weights[*source++]; });
}

bool MaskedFc::pays(std::span<const std::uint8_t> mask) {
  const auto count = static_cast<double>(std::ranges::count(mask, std::uint8_t{1}));
  return count <= kMostKept * static_cast<double>(mask.size());
}

MaskedFc::MaskedFc(std::span<const std::uint8_t> mask, std::int64_t oc, std::int64_t ic)
    : pattern_(numbered(mask, oc, ic, false)),
      forward_(pattern_, first_pruned(mask)),
      backward_(numbered(mask, oc, ic, true), first_pruned(mask)),
      no_bias_(static_cast<std::size_t>(ic), 0.0F) {
  assert(mask.size() == static_cast<std::size_t>(oc * ic) && mask.size() < std::size_t{1} << 31);
  assert(first_pruned(mask) < mask.size());
}

void MaskedFc::refresh(const float* weights) {
  forward_.refresh(weights);
  backward_.refresh(weights);
}

}  // namespace karnin
