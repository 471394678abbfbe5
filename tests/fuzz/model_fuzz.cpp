// Model files and checkpoints without the barrier of their checksums: whatever is read is written
// again byte for byte in the codings that the file has.
#include <algorithm>
#include <cstdlib>
#include <span>

#include "formats/io/container.h"
#include "formats/model/checkpoint_file.h"
#include "formats/model/model_file.h"
#include "runtime/core/error.h"
#include "tests/support/forged_file.h"
#include "tests/support/same_codings.h"
#include "tests/support/v1_writer.h"

namespace karnin {
namespace {

using Bytes = std::vector<std::uint8_t>;

bool is_same(const CompactModel& compact, const Model& model) {
  const auto same = [](const CompactParameter& read, const Parameter& expected) {
    const WeightsView view = view_of(read);
    const auto bits = [](std::span<const float> weights) { return std::as_bytes(weights); };
    const auto all = bits(expected.value.span());
    if (view.sparse != nullptr) return std::ranges::equal(bits(view.sparse->to_dense()), all);
    return std::ranges::equal(bits({view.plain, static_cast<std::size_t>(view.size())}), all);
  };
  return compact == static_cast<const ModelDescription&>(model) &&
         std::ranges::equal(compact.parameters, model.parameters, same);
}

/// The bytes for what was read from a file, in its version and codings.
Bytes rewritten(const Bytes& file) {
  if (has(features_of(file), Features::checkpoint)) {
    const Checkpoint checkpoint = decode_checkpoint(file, "fuzz");
    return test::encode_like(checkpoint.model, encode_checkpoint(checkpoint), file);
  }
  const Model model = decode_model(file, "fuzz");
  if (!is_same(decode_compact_model(file, "fuzz"), model)) std::abort();
  if (version_of(file) == 1) return test::encode_model_v1(model);
  return test::encode_like(model, encode_model(model), file);
}

}  // namespace
}  // namespace karnin

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<std::uint8_t> file(data, data + size);
  if (size >= karnin::test::kTableAt) {
    karnin::test::put(file, karnin::test::kFileSizeAt, size, 8);
    karnin::test::reseal(file);
  }
  const bool old_checkpoint = has(karnin::features_of(file), karnin::Features::checkpoint) &&
                              size >= karnin::test::kTableAt && karnin::version_of(file) == 1;
  if (old_checkpoint) return -1;  // nobody has a writer for those
  try {
    if (karnin::rewritten(file) != file) std::abort();
  } catch (const karnin::FileError&) {
  }
  return 0;
}
