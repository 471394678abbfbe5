#include "runtime/layers/chain.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <chrono>

#include "runtime/core/aligned.h"
#include "runtime/core/error.h"
#include "runtime/core/finite.h"
#include "runtime/core/named_enum.h"
#include "runtime/layers/assemble.h"
#include "runtime/layers/assemble_lanes.h"
#include "runtime/layers/reorder_lanes.h"

namespace karnin {
namespace {

constexpr EnumNames<ChainKind, 3> kChains{
    {{ChainKind::onednn, "onednn"}, {ChainKind::lanes, "lanes"}, {ChainKind::planes, "planes"}}};

/// Adds the time of its life to an entry, unless nobody wants to know.
class Stopwatch {
 public:
  Stopwatch(std::span<double> microseconds, std::size_t entry)
      : target_(microseconds.empty() ? nullptr : &microseconds[entry]) {
    if (target_ != nullptr) start_ = Clock::now();
  }
  ~Stopwatch() {
    if (target_ != nullptr)
      *target_ += std::chrono::duration<double, std::micro>(Clock::now() - start_).count();
  }
  Stopwatch(const Stopwatch&) = delete;
  Stopwatch& operator=(const Stopwatch&) = delete;

 private:
  using Clock = std::chrono::steady_clock;
  double* target_;
  Clock::time_point start_;
};

/// A tensor of a layer: where among the parameters of the network, and its floats; 0 for none.
struct Slot {
  std::size_t parameter = 0;
  std::size_t floats = 0;
};
using Slots = ByRole<Slot>;

Slots slots_of(std::span<const ParameterSpec> specs, int node) {
  Slots slots;
  for (const Role role : kRoles)
    if (const auto found = find_parameter(specs, node, role))
      slots[role] = {*found, static_cast<std::size_t>(element_count(specs[*found].dims))};
  return slots;
}

/// `tensors` are those of all the network.
template <typename Float>
ByRole<std::span<Float>> tensors_of(const Slots& slots, std::span<Float* const> tensors) {
  ByRole<std::span<Float>> own;
  for (const Role role : kRoles)
    if (const auto [parameter, floats] = slots[role]; floats > 0)
      own[role] = {tensors[parameter], floats};
  return own;
}

}  // namespace

/// A value is what one buffer holds between layers: 0 the input, then one for the output of every
/// layer that doesn't work in place. The input belongs to the caller, so nobody overwrites it.
struct Chain::Impl {
  Impl(const Graph& graph, const ChainOptions& options)
      : purpose(options.purpose),
        images(options.images),
        input_floats(static_cast<std::size_t>(images * input_extent(graph).size())),
        assembly(options.kind == ChainKind::lanes ? assemble_lanes(graph, options)
                                                  : assemble(graph, options)) {
    const std::vector<ParameterSpec> specs = parameter_specs(graph);
    for (const int node : assembly.nodes) slots.push_back(slots_of(specs, node));
    int value = 0;
    for (const auto& layer : assembly.layers) {
      if (!layer->in_place() || value == 0) {
        ++value;
        floats.push_back(static_cast<std::size_t>(layer->dst().floats()));
      }
      dst_values.push_back(value);
    }
  }

  int src_value(std::size_t layer) const { return layer == 0 ? 0 : dst_values[layer - 1]; }

  /// Calls visit(layer, its slots).
  template <typename Visit>
  void for_each_trainable(Visit&& visit) const {
    for (std::size_t i = 0; i < slots.size(); ++i)
      if (is_trainable(slots[i])) visit(*assembly.layers[i], slots[i]);
  }

  static bool is_trainable(const Slots& of) { return of[Role::weight].floats > 0; }

  /// Below this layer no gradient is needed.
  std::size_t first_trainable() const {
    return static_cast<std::size_t>(std::ranges::find_if(slots, is_trainable) - slots.begin());
  }

  Purpose purpose;
  std::int64_t images;
  std::size_t input_floats;
  Assembly assembly;
  std::vector<Slots> slots;         // by layer
  std::vector<int> dst_values;      // by layer
  std::vector<std::size_t> floats;  // by value, without the input
};

std::string_view to_string(ChainKind kind) { return name_of(kChains, kind); }

double lane_use(std::int64_t images) {
  const Blob blob{images, {1, 1, 1}, lanes_layout()};
  return static_cast<double>(images) / static_cast<double>(blob.floats());
}

ChainKind chain_rule(std::int64_t images) {
  return lane_use(images) >= 0.6 ? ChainKind::lanes : ChainKind::planes;
}

Chain::Chain(const Graph& graph, const ChainOptions& options) {
  if (options.images < 1 || options.images > kMaxDim)
    throw ArgumentError("chain: expected 1 to " + std::to_string(kMaxDim) +
                        " images a shard, got " + std::to_string(options.images));
  impl_ = std::make_unique<Impl>(graph, options);
}
Chain::~Chain() = default;

std::int64_t Chain::images() const { return impl_->images; }
std::int64_t Chain::outputs() const { return layers().back()->dst().extent.size(); }
const std::vector<std::unique_ptr<Layer>>& Chain::layers() const { return impl_->assembly.layers; }
int Chain::node_of(std::size_t layer) const { return impl_->assembly.nodes[layer]; }

void Chain::set_parameters(std::span<const float* const> parameters) {
  impl_->for_each_trainable([&](Layer& layer, const Slots& slots) {
    layer.set_parameters(tensors_of<const float>(slots, parameters));
  });
}

void Chain::set_parameters(std::span<const WeightsView> parameters) {
  assert(impl_->purpose == Purpose::inference);
  std::vector<const float*> plain;
  for (const WeightsView& weights : parameters) plain.push_back(weights.plain);
  impl_->for_each_trainable([&](Layer& layer, const Slots& slots) {
    const auto tensors = tensors_of<const float>(slots, std::span<const float* const>(plain));
    if (const SparseMatrix* sparse = parameters[slots[Role::weight].parameter].sparse)
      layer.set_sparse_parameters(*sparse, tensors);
    else
      layer.set_parameters(tensors);
  });
}

void Chain::hold_masks(std::span<const std::span<const std::uint8_t>> masks) {
  impl_->for_each_trainable([&](Layer& layer, const Slots& slots) {
    layer.hold_mask(masks[slots[Role::weight].parameter]);
  });
}

struct Chain::Worker::Impl {
  explicit Impl(const Chain::Impl& the_chain)
      : chain(the_chain), values{AlignedVector<float>(chain.input_floats)} {
    const bool training = chain.purpose == Purpose::training;
    if (training) {
      for (const std::size_t count : chain.floats) values.emplace_back(count);
    } else {
      values.emplace_back(largest());
      values.emplace_back(largest());
    }
    if (training) diffs = {AlignedVector<float>(largest()), AlignedVector<float>(largest())};
    for (std::size_t i = 0; i < chain.assembly.layers.size(); ++i)
      layers.push_back(chain.assembly.layers[i]->bind(binding(i)));
  }

  std::size_t largest() const { return *std::ranges::max_element(chain.floats); }

  /// Inference needs only the value that a layer reads and the one that it writes: two buffers in
  /// turn stay in the cache. Training needs them all again on the way back.
  float* value(int number) {
    const bool turns = chain.purpose == Purpose::inference && number > 0;
    return values[static_cast<std::size_t>(turns ? 1 + number % 2 : number)].data();
  }

  /// Gradients are needed only until the layer below has read them, in training too.
  float* diff(int number) { return diffs[static_cast<std::size_t>(number % 2)].data(); }

  Binding binding(std::size_t layer) {
    const int src = chain.src_value(layer), dst = chain.dst_values[layer];
    Binding binding{.src = value(src), .dst = value(dst)};
    if (chain.purpose == Purpose::inference || layer < chain.first_trainable()) return binding;
    binding.diff_dst = diff(dst);
    if (layer > chain.first_trainable()) binding.diff_src = diff(src);
    return binding;
  }

  const Chain::Impl& chain;
  std::vector<AlignedVector<float>> values;
  std::array<AlignedVector<float>, 2> diffs;
  std::vector<std::unique_ptr<BoundLayer>> layers;
};

Chain::Worker::Worker(const Chain& chain) : impl_(std::make_unique<Impl>(*chain.impl_)) {}
Chain::Worker::~Worker() = default;
Chain::Worker::Worker(Worker&&) noexcept = default;

float* Chain::Worker::input() { return impl_->value(0); }
const float* Chain::Worker::logits() const { return impl_->value(impl_->chain.dst_values.back()); }
float* Chain::Worker::diff_logits() { return impl_->diff(impl_->chain.dst_values.back()); }

void Chain::Worker::forward(const ShardId& shard, std::span<double> microseconds) {
  assert(microseconds.empty() || microseconds.size() == impl_->layers.size());
  for (std::size_t i = 0; i < impl_->layers.size(); ++i) {
    const Stopwatch watch(microseconds, i);
    impl_->layers[i]->forward(shard);
  }
}

bool Chain::Worker::forward_layer(std::size_t layer, const ShardId& shard) {
  impl_->layers[layer]->forward(shard);
  const float* dst = impl_->value(impl_->chain.dst_values[layer]);
  const std::int64_t count = impl_->chain.assembly.layers[layer]->dst().floats();
  return are_finite({dst, static_cast<std::size_t>(count)});
}

void Chain::Worker::backward(const ShardId& shard, std::span<float* const> gradients,
                             std::span<double> microseconds) {
  const Chain::Impl& chain = impl_->chain;
  assert(chain.purpose == Purpose::training);
  for (std::size_t i = impl_->layers.size(); i-- > chain.first_trainable();) {
    const Stopwatch watch(microseconds, i);
    impl_->layers[i]->backward(shard, tensors_of(chain.slots[i], gradients));
  }
}

}  // namespace karnin
