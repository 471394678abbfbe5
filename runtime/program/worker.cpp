#include <algorithm>
#include <array>
#include <cassert>

#include "runtime/core/aligned.h"
#include "runtime/core/finite.h"
#include "runtime/kernels/kernels.h"
#include "runtime/program/program.h"
#include "runtime/program/program_impl.h"
#include "runtime/program/stopwatch.h"

namespace karnin {

struct Program::Worker::Impl {
  explicit Impl(const Program::Impl& the_program) : program(the_program) {
    for (const std::size_t floats : program.buffers.value_floats) values.emplace_back(floats);
    for (const std::size_t floats : program.buffers.diff_floats) diffs.emplace_back(floats);
    others.resize(program.lowered.steps.size());
    for (std::size_t i = 0; i < program.lowered.steps.size(); ++i)
      layers.push_back(program.lowered.steps[i].layer->bind(binding(i)));
  }

  float* value(ValueId id) {
    return values[program.buffers.values[static_cast<std::size_t>(id)]].data();
  }
  /// Null where nobody wants it.
  float* diff(ValueId id) {
    const auto buffer = program.buffers.diffs[static_cast<std::size_t>(id)];
    return buffer ? diffs[*buffer].data() : nullptr;
  }

  /// Where a step leaves the gradient of one of its inputs.
  float* diff_of_src(std::size_t step, std::size_t src) {
    for (const Addend& addend : program.buffers.addends[step])
      if (addend.src == src) return diffs[addend.buffer].data();
    return diff(program.lowered.steps[step].srcs[src]);
  }

  Binding binding(std::size_t i) {
    const Step& step = program.lowered.steps[i];
    Binding binding{.src = value(step.srcs[0]),
                    .dst = value(step.dst),
                    .diff_src = diff_of_src(i, 0),
                    .diff_dst = diff(step.dst)};
    for (std::size_t s = 1; s < step.srcs.size(); ++s)
      others[i].push_back({value(step.srcs[s]), diff_of_src(i, s)});
    binding.others = others[i];
    return binding;
  }

  /// Adds what a step has left apart to the gradients that others wrote before.
  void add_up(std::size_t i) {
    const Step& step = program.lowered.steps[i];
    for (const Addend& addend : program.buffers.addends[i]) {
      const ValueId src = step.srcs[addend.src];
      float* const sum = diff(src);
      const std::array<const float*, 2> parts{sum, diffs[addend.buffer].data()};
      kernels::active().tree_sum(program.lowered.value(src).blob.floats(), parts.size(),
                                 parts.data(), sum);
    }
  }

  const Program::Impl& program;
  std::vector<AlignedVector<float>> values, diffs;   // by buffer
  std::vector<std::vector<Binding::Source>> others;  // inputs behind the first, by step
  std::vector<std::unique_ptr<BoundLayer>> layers;   // by step
};

Program::Worker::Worker(const Program& program) : impl_(std::make_unique<Impl>(*program.impl_)) {}
Program::Worker::~Worker() = default;
Program::Worker::Worker(Worker&&) noexcept = default;

float* Program::Worker::input() { return impl_->value(impl_->program.lowered.input); }
const float* Program::Worker::output(std::size_t k) const {
  assert(k < impl_->program.lowered.outputs.size());
  return impl_->value(impl_->program.lowered.outputs[k]);
}
float* Program::Worker::diff_logits() {
  return impl_->diff(impl_->program.lowered.outputs.front());
}

void Program::Worker::forward(const ShardId& shard, std::span<double> microseconds) {
  assert(microseconds.empty() || microseconds.size() == impl_->layers.size());
  for (std::size_t i = 0; i < impl_->layers.size(); ++i) {
    const Stopwatch watch(microseconds, i);
    impl_->layers[i]->forward(shard);
  }
}

bool Program::Worker::forward_step(std::size_t step, const ShardId& shard) {
  impl_->layers[step]->forward(shard);
  const ValueId dst = impl_->program.lowered.steps[step].dst;
  const std::int64_t count = impl_->program.lowered.value(dst).blob.floats();
  return are_finite({impl_->value(dst), static_cast<std::size_t>(count)});
}

void Program::Worker::backward(const ShardId& shard, std::span<float* const> gradients,
                               std::span<double> microseconds) {
  const Lowered& lowered = impl_->program.lowered;
  assert(impl_->program.purpose == Purpose::training);
  for (std::size_t i = impl_->layers.size(); i-- > 0;) {
    if (!lowered.goes_back(lowered.steps[i])) continue;
    const Stopwatch watch(microseconds, i);
    impl_->layers[i]->backward(shard, tensors_of(lowered.steps[i], gradients));
    impl_->add_up(i);
  }
}

}  // namespace karnin
