// All layers of a network, prepared for one shard size: pixels go in, logits come out, and in
// training gradients come back. Shared by the engine and the trainer.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/graph/compact_model.h"
#include "runtime/graph/graph.h"
#include "runtime/layers/fc_kernel.h"
#include "runtime/layers/layer.h"

namespace karnin {

/// A layer made for no node: a reorder.
inline constexpr int kNoNode = -1;

/// What the lanes of a vector hold. onednn: channels, as in oneDNN's blocked layouts. lanes:
/// images, the fastest if there are enough of them. planes: neighbouring positions of a plane, the
/// fastest for few images; only convolutions with a max pool behind them work so, and oneDNN runs
/// the others.
enum class ChainKind { onednn, lanes, planes };
std::string_view to_string(ChainKind kind);  ///< "onednn", "lanes", "planes"
/// The share of vector lanes that hold an image if a shard of that many runs as lanes.
double lane_use(std::int64_t images);
/// The kind for shards of that many images where no clock may decide: lanes if at least three in
/// five lanes hold an image; otherwise planes: idle lanes cost more than the others gain.
ChainKind chain_rule(std::int64_t images);

struct ChainOptions {
  std::int64_t images = 1;  ///< of one shard
  Purpose purpose = Purpose::inference;
  ChainKind kind = ChainKind::onednn;
  /// Kernel of the fully connected layer of that name; called in inference only.
  /// Training works on the plain weights, and on the kept ones alone where masks are held and leave
  /// few; a chain in lanes knows only dense and sparse_lanes, and takes dense for the others.
  std::function<FcKernel(const std::string& layer)> fc_kernel;
};

class Chain {
 public:
  /// Throws ShapeError for a graph that is unsound or no chain.
  Chain(const Graph& graph, const ChainOptions& options);
  ~Chain();

  std::int64_t images() const;
  std::int64_t outputs() const;  ///< floats that come out for each image
  const std::vector<std::unique_ptr<Layer>>& layers() const;
  /// The node of the graph that this layer computes, or the first one, where it takes in
  /// those behind it; kNoNode where it only reorders.
  int node_of(std::size_t layer) const;

  /// weights[i] is the plain tensor of parameter_specs()[i]. Before the first run, and in training
  /// after every optimizer step (blocked copies for oneDNN are made here). No Worker may be
  /// running.
  void set_parameters(std::span<const float* const> parameters);
  /// The same in inference, where weights may be sparse.
  void set_parameters(std::span<const WeightsView> parameters);

  /// In training: masks[i] of parameter_specs()[i], empty where all weights may move. Pruned
  /// weights are 0 from now on, and their gradients may be left as they are. Takes effect with the
  /// next set_parameters(). No Worker may be running.
  void hold_masks(std::span<const std::span<const std::uint8_t>> masks);

  /// One thread's activations, created for `chain` and outlived by it. Nothing is allocated after.
  class Worker {
   public:
    explicit Worker(const Chain& chain);
    ~Worker();
    Worker(Worker&&) noexcept;

    /// images() x C x H x W floats (NCHW) to be filled before forward().
    float* input();
    /// Runs every layer; a non-empty `microseconds` (one entry a layer) gets each one's time added.
    void forward(const ShardId& shard = {}, std::span<double> microseconds = {});
    /// Runs one layer; false if its output then holds an infinity or NaN. For looking into a run
    /// that went wrong: first layer 0, then all others in order.
    bool forward_layer(std::size_t layer, const ShardId& shard);
    /// images() x outputs() floats, in C, H, W order.
    const float* logits() const;
    float* diff_logits();
    /// From diff_logits() to gradients[i], overwritten, plain layout, as parameter_specs()[i].
    /// `microseconds` as in forward().
    void backward(const ShardId& shard, std::span<float* const> gradients,
                  std::span<double> microseconds = {});

   private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
  };

 private:
  friend class Worker;
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace karnin
