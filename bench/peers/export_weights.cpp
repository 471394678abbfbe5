// The weights of a model file as others would store them, for their compressors to work on:
//   export-weights MODEL.bin OUT     writes OUT.safetensors (dense) and OUT.csr (what is kept)
// OUT.csr has row pointers and column indices as u32 and values as f32 for masked tensors, and
// plain values for all others.
#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <string>

#include "formats/io/atomic_file.h"
#include "formats/io/byte_writer.h"
#include "formats/model/model_file.h"
#include "runtime/core/sparse_matrix.h"

namespace karnin {
namespace {

std::vector<std::uint8_t> safetensors(const Model& model) {
  std::string header;
  std::size_t offset = 0;
  for (const Parameter& parameter : model.parameters) {
    const std::size_t end = offset + parameter.value.span().size_bytes();
    header += fmt::format(R"({}"{}":{{"dtype":"F32","shape":[{}],"data_offsets":[{},{}]}})",
                          header.empty() ? "{" : ",", parameter.name,
                          fmt::join(parameter.value.dims(), ","), offset, end);
    offset = end;
  }
  header += "}";
  ByteWriter writer;
  writer.write(std::uint64_t{header.size()});
  writer.text(header);
  for (const Parameter& parameter : model.parameters) writer.floats(parameter.value.span());
  return writer.take();
}

void write_csr(const Parameter& parameter, ByteWriter& writer) {
  const std::int64_t rows = parameter.value.dims().front();
  const SparseMatrix sparse = SparseMatrix::from_dense(
      parameter.value.span(), rows, parameter.value.size() / rows, parameter.mask);
  for (const std::uint32_t at : sparse.row_ptr) writer.write(at);
  for (const std::uint32_t column : sparse.col_idx) writer.write(column);
  writer.floats(sparse.values);
}

std::vector<std::uint8_t> csr(const Model& model) {
  ByteWriter writer;
  for (const Parameter& parameter : model.parameters)
    if (parameter.mask.empty())
      writer.floats(parameter.value.span());
    else
      write_csr(parameter, writer);
  return writer.take();
}

}  // namespace
}  // namespace karnin

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("usage: export-weights MODEL.bin OUT\n", stderr);
    return 2;
  }
  try {
    const karnin::Model model = karnin::read_model(argv[1]);
    const std::string out = argv[2];
    karnin::replace_file(out + ".safetensors", karnin::safetensors(model));
    karnin::replace_file(out + ".csr", karnin::csr(model));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "export-weights: %s\n", error.what());
    return 1;
  }
}
