// Products of plain matrices, by oneDNN's code for this machine's vectors.
#pragma once

#include <cstdint>

namespace karnin::onednn {

/// Row-major; a row begins every `stride` floats. `transposed` says that its transpose is meant,
/// rows and columns being those of what lies in memory.
struct MatrixView {
  const float* data = nullptr;
  std::int64_t rows = 0, cols = 0, stride = 0;
  bool transposed = false;

  MatrixView t() const { return {data, rows, cols, stride, !transposed}; }
  std::int64_t m() const { return transposed ? cols : rows; }  ///< rows of what is meant
  std::int64_t n() const { return transposed ? rows : cols; }
};

/// dst = keep dst + factor a b, dst being a.m() x b.n() with rows every `stride` floats; it may not
/// overlap a or b. On the calling thread: whoever wants more of them cuts dst, always in the same
/// way. A product of no rows, columns or terms leaves dst as it is. Throws Error when oneDNN fails.
void multiply(float factor, const MatrixView& a, const MatrixView& b, float keep, float* dst,
              std::int64_t stride);

}  // namespace karnin::onednn
