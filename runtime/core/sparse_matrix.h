// Compressed rows: the form in which pruned weights are stored, exchanged and packed from.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace karnin {

/// A (rows x cols) matrix that holds only the kept weights.
/// Invariants: row_ptr has rows + 1 ascending entries, the first 0, the last nnz();
/// col_idx ascends strictly within a row and is below cols.
struct SparseMatrix {
  std::int64_t rows = 0;
  std::int64_t cols = 0;
  std::vector<std::uint32_t> row_ptr;
  std::vector<std::uint32_t> col_idx;
  std::vector<float> values;

  std::int64_t nnz() const { return static_cast<std::int64_t>(values.size()); }

  /// Keeps weights[i] where mask[i] != 0, or where weights[i] != 0 if mask is empty.
  /// weights and mask are row-major (rows x cols). Throws ArgumentError on a size mismatch.
  static SparseMatrix from_dense(std::span<const float> weights, std::int64_t rows,
                                 std::int64_t cols, std::span<const std::uint8_t> mask = {});
  /// Row-major (rows x cols), zeros where nothing is stored.
  std::vector<float> to_dense() const;
};

}  // namespace karnin
