// The layers of a network in training, one shard on one core: microseconds an image, forward (">")
// and backward ("<"), by what lies in the lanes, images of the shard, and the share of the fully
// connected layers that a mask has pruned.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "bench/noise.h"
#include "runtime/graph/model.h"
#include "runtime/graph/networks.h"
#include "runtime/program/program.h"
#include "train/loop/initialise.h"
#include "train/masks/pruner.h"

namespace karnin {
namespace {

/// fc1 and fc2 without so many per cent of their weights.
Model pruned_model(std::int64_t percent) {
  Model model = make_model(khanal2018());
  initialise(model, 1);
  PruneOptions options;
  options.method = PruneMethod::random;
  options.until = Sparsity{static_cast<double>(percent) / 100};
  if (percent > 0) prune(model, options);
  return model;
}

class TrainedShard {
 public:
  TrainedShard(const Model& model, std::int64_t images, Domain domain)
      : program_(
            model.graph,
            {.images = images, .purpose = Purpose::training, .domain = domain, .fc_kernel = {}}),
        worker_(program_),
        input_(noise(images * input_extent(model.graph).size(), 1)),
        diff_(noise(images * program_.logits(), 2)),
        forward_(program_.steps().size()),
        backward_(program_.steps().size()) {
    std::vector<std::span<const std::uint8_t>> masks;
    for (const Parameter& parameter : model.parameters) {
      weights_.push_back(parameter.value.data());
      masks.emplace_back(parameter.mask);
      gradients_.emplace_back(parameter.value.span().size());
    }
    for (AlignedVector<float>& gradient : gradients_) targets_.push_back(gradient.data());
    program_.hold_masks(masks);
  }

  void step() {
    program_.set_parameters(weights_);
    std::ranges::copy(input_, worker_.input());
    worker_.forward({}, forward_);
    std::ranges::copy(diff_, worker_.diff_logits());
    worker_.backward({}, targets_, backward_);
  }

  void report(benchmark::State& state) const {
    const double scale = 1.0 / static_cast<double>(state.iterations() * program_.images());
    for (std::size_t i = 0; i < forward_.size(); ++i) {
      const std::string name = fmt::format("{}.{}", i, program_.steps()[i].layer->name());
      state.counters[name + ">"] = forward_[i] * scale;
      state.counters[name + "<"] = backward_[i] * scale;
    }
    state.SetItemsProcessed(state.iterations() * program_.images());
  }

 private:
  Program program_;
  Program::Worker worker_;
  AlignedVector<float> input_, diff_;
  std::vector<const float*> weights_;
  std::vector<AlignedVector<float>> gradients_;
  std::vector<float*> targets_;
  std::vector<double> forward_, backward_;
};

void train_layers(benchmark::State& state, Domain domain) {
  const Model model = pruned_model(state.range(1));
  TrainedShard shard(model, state.range(0), domain);
  for (auto _ : state) shard.step();
  shard.report(state);
}

const int kRegistered = [] {
  for (const Domain domain : kAllDomains)
    benchmark::RegisterBenchmark(fmt::format("train_layers/{}", to_string(domain)).c_str(),
                                 [domain](benchmark::State& state) { train_layers(state, domain); })
        ->ArgNames({"images", "pruned"})
        ->ArgsProduct({{2, 8, 16, 32}, {0, 70, 90, 95}})
        ->Unit(benchmark::kMicrosecond);
  return 0;
}();

}  // namespace
}  // namespace karnin
