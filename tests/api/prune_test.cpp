// Pruning by the C ABI: what the rooms below do, with the note that karnin-cpu leaves.
#include <gmock/gmock.h>

#include <cstddef>
#include <filesystem>
#include <numeric>

#include "tests/api/model_file.h"
#include "tests/support/temporary_directory.h"
#include "tests/support/thread_count.h"
#include "train/calibration/fitted_pruning.h"
#include "train/calibration/surgeon_scores.h"
#include "train/masks/pruning_note.h"

namespace karnin {
namespace {

/// Of the paper's network, whose two layers are those that are chosen by default.
class PruneOfTheAbi : public ::testing::Test {
 protected:
  static karnin_prune_options options_for(const char* method) {
    karnin_prune_options options = KARNIN_PRUNE_OPTIONS;
    options.method = method, options.sparsity = 0.8;
    return options;
  }

  karnin_prune_options by_images(const char* method) const {
    karnin_prune_options options = options_for(method);
    options.global = 1, options.images = images_.data(), options.floats = images_.size();
    return options;
  }

  test::ModelPointer prune(const karnin_prune_options& options) const {
    karnin_model* pruned = nullptr;
    EXPECT_EQ(karnin_prune(model_.get(), &options, &pruned), KARNIN_OK) << karnin_message();
    return test::ModelPointer(pruned);
  }

  static Model saved(const karnin_model* model) {
    const test::TemporaryDirectory directory;
    const std::filesystem::path path = directory.path() / "net.bin";
    EXPECT_EQ(karnin_save(model, path.c_str()), KARNIN_OK) << karnin_message();
    return read_model(path);
  }

  /// How far the answers to the images are from those of the dense network.
  double distance(const karnin_model* model) const {
    const std::vector<float> wanted = answers(model_.get()), got = answers(model);
    return std::transform_reduce(wanted.begin(), wanted.end(), got.begin(), 0.0, std::plus<>{},
                                 [](float a, float b) { return double{a - b} * double{a - b}; });
  }

  std::vector<float> answers(const karnin_model* model) const {
    const auto session = test::session_of(test::engine_of(model).get());
    std::vector<float> result(images_.size() / test::kImage * test::kAnswers);
    EXPECT_EQ(test::run(session.get(), images_, result), KARNIN_OK) << karnin_message();
    return result;
  }

  test::ModelPointer model_ = test::golden_file();
  std::vector<float> images_ = test::golden_images(0);
};

/// The first, before another has made some.
TEST_F(PruneOfTheAbi, MakesNoThreadUnasked) {
  const std::ptrdiff_t before = test::thread_count();
  prune(by_images("obs"));
  EXPECT_LE(test::thread_count(), before);
}

TEST_F(PruneOfTheAbi, LeavesTheNoteOfKarninCpu) {
  Model expected = test::golden_model();
  prune_and_note(expected, {.method = PruneMethod::magnitude, .until = Sparsity{0.8}});
  expected.sensitivities.clear();
  EXPECT_EQ(saved(prune(options_for("magnitude")).get()), expected);
  EXPECT_THAT(expected.provenance, ::testing::HasSubstr(R"("verb":"prune","method":"magnitude")"));
}

TEST_F(PruneOfTheAbi, ByImagesIsThatOfKarninCpu) {
  for (const PruneMethod method : {PruneMethod::obs, PruneMethod::obd, PruneMethod::magnitude}) {
    Model expected = test::golden_model();
    const Extent extent = input_extent(expected.graph);
    const Calibration calibration{
        .images = {std::ssize(images_) / extent.size(), extent,
                   [&](std::int64_t first, std::int64_t count, float* dst) {
                     std::copy_n(images_.data() + first * extent.size(), count * extent.size(),
                                 dst);
                   }},
        .threads = 2,
        .progress = {}};
    if (needs_inputs(method)) add_surgeon_scores(expected, {"fc1", "fc2"}, calibration);
    prune_and_fit(expected, {.method = method, .scope = Scope::global, .until = Sparsity{0.8}},
                  calibration, "");
    expected.sensitivities.clear();
    const std::string name(to_string(method));
    EXPECT_EQ(saved(prune(by_images(name.c_str())).get()), expected) << name;
    EXPECT_THAT(expected.provenance, ::testing::HasSubstr(R"("verb":"calibrate","images":16)"));
  }
}

TEST_F(PruneOfTheAbi, ByImagesKeepsWhatTheNetworkSaysOfThem) {
  const double blind = distance(prune(options_for("magnitude")).get());
  EXPECT_LT(distance(prune(by_images("magnitude")).get()), blind / 2);
  EXPECT_LT(distance(prune(by_images("obs")).get()), blind / 2);
}

/// Who was compiled before there were images has a shorter struct.
TEST_F(PruneOfTheAbi, TakesTheOptionsOfOlderCallers) {
  karnin_prune_options options = by_images("magnitude");
  options.struct_size = offsetof(karnin_prune_options, images);
  karnin_prune_options same = options_for("magnitude");
  same.global = 1;
  EXPECT_EQ(saved(prune(options).get()), saved(prune(same).get()));
}

}  // namespace
}  // namespace karnin
