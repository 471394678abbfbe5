// A graph made to run, for one shard size: pixels go in, what the network gives comes out, and in
// training gradients come back. Shared by the engine and the trainer.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "runtime/graph/compact_model.h"
#include "runtime/program/lowering.h"

namespace karnin {

class Program {
 public:
  /// Throws ShapeError for a graph that is unsound, has not got one input or, in training, one
  /// output; ArgumentError for options out of range.
  Program(const Graph& graph, const ProgramOptions& options);
  ~Program();

  std::int64_t images() const;
  std::span<const Output> outputs() const;  ///< in the graph's order
  std::int64_t logits() const;              ///< floats of the first output, for each image
  std::span<const Step> steps() const;

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

  /// One thread's activations, created for `program` and outlived by it. Nothing is allocated
  /// after.
  class Worker {
   public:
    explicit Worker(const Program& program);
    ~Worker();
    Worker(Worker&&) noexcept;

    /// images() x C x H x W floats (NCHW) to be filled before forward().
    float* input();
    /// Runs every step; a non-empty `microseconds` (one entry a step) gets each one's time added.
    void forward(const ShardId& shard = {}, std::span<double> microseconds = {});
    /// Runs one step; false if its output then holds an infinity or NaN. For looking into a run
    /// that went wrong: first step 0, then all others in order.
    bool forward_step(std::size_t step, const ShardId& shard);
    /// images() x outputs()[k].extent floats, in C, H, W order. Two outputs of one value are one
    /// buffer, and one that hands the images through is input().
    const float* output(std::size_t k) const;
    /// The first output.
    const float* logits() const { return output(0); }
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
