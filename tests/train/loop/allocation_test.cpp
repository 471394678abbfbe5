// Once every thread has met every shape, training takes nothing from the heap.
#include <gtest/gtest.h>

#include <algorithm>

#include "runtime/graph/networks.h"
#include "tests/support/allocation_meter.h"
#include "tests/support/bright_squares.h"
#include "tests/support/pruned_model.h"
#include "train/loop/initialise.h"
#include "train/loop/trainer.h"
#include "train/pruning/recorder.h"
#include "train/values/codebook_tuning.h"

namespace karnin {
namespace {

constexpr Extent kExtent{3, 32, 32};
constexpr std::int64_t kClasses = 10;

/// The paper's network, with dropout before its last layer.
Graph network() {
  Graph net = khanal2018();
  const Node last = net.nodes.back();
  net.nodes.pop_back();
  append(net, "dropout", Dropout{0.2F});
  append(net, last.name, last.op);
  return net;
}

TEST(Allocation, TheMeterSeesOurs) {
  std::vector<int>* kept = nullptr;
  EXPECT_EQ(test::count_allocations([&] { kept = new std::vector<int>(100); }), 2U);
  EXPECT_EQ(test::count_allocations([&] { delete kept; }), 0U);
}

/// Of one epoch, from its second step on: the order of its images is new, and sorted in the heap.
std::size_t allocations_of_an_epoch(Trainer& trainer) {
  const Trainer::StepCallback on_step = [](const StepReport& step) {
    if (step.step == 1) test::start_counting();
    return step.loss < 0;
  };
  trainer.run_epoch(on_step);
  return test::stop_counting();
}

// Batches of 1, of 4 and 7 (oneDNN's layouts), of 16 and of 100 (images in lanes); the last one is
// smaller, so that there are shards of several sizes. And the end of the epoch, with the recorder
// and codebooks, and on two threads with masks.
TEST(Allocation, AStepAllocatesNothing) {
  const ImageSet images = test::bright_squares(kExtent, kClasses, 130, 1);
  for (const std::int64_t batch : {1, 4, 7, 16, 100})
    for (const int threads : {1, 2}) {
      Model model = make_model(network());
      initialise(model, 1);
      if (threads == 2) test::prune_matrices(model, 0.9);
      TrainOptions options;
      options.batch = batch;
      options.threads = threads;
      options.augmentation = {true, 4};
      Trainer trainer(model, images, options);
      SensitivityRecorder recorder;
      trainer.attach(recorder);
      CodebookTuning tuning(model, 16);
      trainer.follow(tuning);
      // A thread allocates when it first gets a shard; when that is, the scheduler decides.
      std::size_t least = allocations_of_an_epoch(trainer);
      for (int epoch = 0; epoch < 10 && least > 0; ++epoch)
        least = std::min(least, allocations_of_an_epoch(trainer));
      EXPECT_EQ(least, 0U) << "batch " << batch << ", " << threads << " threads";
    }
}

}  // namespace
}  // namespace karnin
