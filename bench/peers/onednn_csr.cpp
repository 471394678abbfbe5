// oneDNN 3's compressed rows: as the first factor of a product, which has a kernel of its own
// there, and as the second, which is where it has weights; bias and ReLU in a second pass. One
// thread.
//   peer/onednn-csr/<first|second>/<in>x<out>/batch:<n>/sparsity:<percent>
#include <omp.h>

#include <algorithm>
#include <oneapi/dnnl/dnnl.hpp>
#include <vector>

#include "bench/fc_layer.h"

namespace karnin {
namespace {

using dnnl::memory;
using kernels::FcShape;

memory::desc plain(std::int64_t rows, std::int64_t columns, memory::format_tag tag) {
  return {{rows, columns}, memory::data_type::f32, tag};
}

/// The matrix; it, indices and pointers must live as long as what is returned.
memory compressed(const dnnl::engine& engine, SparseMatrix& matrix,
                  std::vector<std::int32_t>& indices, std::vector<std::int32_t>& pointers) {
  indices.assign(matrix.col_idx.begin(), matrix.col_idx.end());
  pointers.assign(matrix.row_ptr.begin(), matrix.row_ptr.end());
  const auto desc = memory::desc::csr({matrix.rows, matrix.cols}, memory::data_type::f32,
                                      matrix.nnz(), memory::data_type::s32, memory::data_type::s32);
  return {desc, engine, {matrix.values.data(), indices.data(), pointers.data()}};
}

SparseMatrix transposed(const FcOperands& l, int percent) {
  const AlignedVector<float> weights = l.masked(percent);
  std::vector<float> turned(weights.size());
  const auto oc = static_cast<std::size_t>(l.shape.oc), ic = static_cast<std::size_t>(l.shape.ic);
  for (std::size_t row = 0; row < oc; ++row)
    for (std::size_t column = 0; column < ic; ++column)
      turned[column * oc + row] = weights[row * ic + column];
  return SparseMatrix::from_dense(turned, l.shape.ic, l.shape.oc);
}

/// Bias and ReLU, on plain rows of dst.
void finish(FcOperands& l) {
  float* sum = l.dst.data();
  for (std::int64_t image = 0; image < l.shape.rows; ++image)
    for (const float bias : l.bias) {
      *sum = std::max(*sum + bias, 0.0F);
      ++sum;
    }
}

/// Sparse times dense takes dense matrices by rows alone: images are turned, and turned back.
struct First {
  static SparseMatrix weights(const FcOperands& l, int percent) { return l.pruned(percent); }

  First(FcOperands& l, const dnnl::engine& engine, const memory& sparse)
      : src(plain(l.shape.ic, l.shape.rows, memory::format_tag::ba), engine, l.src.data()),
        dst(plain(l.shape.oc, l.shape.rows, memory::format_tag::ba), engine, l.dst.data()),
        src_lanes(plain(l.shape.ic, l.shape.rows, memory::format_tag::ab), engine),
        dst_lanes(plain(l.shape.oc, l.shape.rows, memory::format_tag::ab), engine),
        kept(sparse),
        turn(src, src_lanes),
        turn_back(dst_lanes, dst),
        product({engine, sparse.get_desc(), src_lanes.get_desc(), dst_lanes.get_desc()}) {}

  void run(dnnl::stream& stream) {
    turn.execute(stream, src, src_lanes);
    product.execute(
        stream, {{DNNL_ARG_SRC, kept}, {DNNL_ARG_WEIGHTS, src_lanes}, {DNNL_ARG_DST, dst_lanes}});
    turn_back.execute(stream, dst_lanes, dst);
  }

  memory src, dst, src_lanes, dst_lanes, kept;
  dnnl::reorder turn, turn_back;
  dnnl::matmul product;
};

struct Second {
  static SparseMatrix weights(const FcOperands& l, int percent) { return transposed(l, percent); }

  Second(FcOperands& l, const dnnl::engine& engine, const memory& sparse)
      : src(plain(l.shape.rows, l.shape.ic, memory::format_tag::ab), engine, l.src.data()),
        dst(plain(l.shape.rows, l.shape.oc, memory::format_tag::ab), engine, l.dst.data()),
        kept(sparse),
        product({engine, src.get_desc(), sparse.get_desc(), dst.get_desc()}) {}

  void run(dnnl::stream& stream) {
    product.execute(stream, {{DNNL_ARG_SRC, src}, {DNNL_ARG_WEIGHTS, kept}, {DNNL_ARG_DST, dst}});
  }

  memory src, dst, kept;
  dnnl::matmul product;
};

template <typename Product>
void run(benchmark::State& state, const FcShape& s, int percent) {
  omp_set_num_threads(1);
  FcOperands l(s);
  SparseMatrix kept = Product::weights(l, percent);
  std::vector<std::int32_t> indices, pointers;
  const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  dnnl::stream stream(engine);
  Product product(l, engine, compressed(engine, kept, indices, pointers));
  measure_fc(state, s, kept.nnz(), [&] {
    product.run(stream);
    stream.wait();
    finish(l);
  });
  check_fc(state, l, l.masked(percent));
}

const bool kRegistered = [] {
  for (const FcShape& shape : read_fc_shapes())
    for (const int percent : kSparsities) {
      const std::string layer = fc_name(shape) + "/sparsity:" + std::to_string(percent);
      benchmark::RegisterBenchmark(("peer/onednn-csr/first/" + layer).c_str(), run<First>, shape,
                                   percent);
      benchmark::RegisterBenchmark(("peer/onednn-csr/second/" + layer).c_str(), run<Second>, shape,
                                   percent);
    }
  return true;
}();

}  // namespace
}  // namespace karnin
