// Inference: a Model becomes a prepared plan, the plan runs batches. Everything about speed is
// decided in the constructor; run() only runs.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "runtime/engine/crew.h"
#include "runtime/engine/plan.h"
#include "runtime/graph/compact_model.h"

namespace karnin {

inline constexpr std::int64_t kMaxBatch = std::int64_t{1} << 24;

struct EngineOptions {
  /// Images that a run() call will typically bring, up to kMaxBatch; they are cut into shards.
  std::int64_t batch = 64;
  int threads = 0;  ///< 0: all; 1: the calling one alone; kCallersArena (crew.h)
  /// Pins the kernel of every fully connected layer; empty: winner()
  /// of plan.h.
  std::optional<FcKernel> kernel = std::nullopt;
  /// False: candidates are not timed, domain and kernels follow from batch, sparsity and vectors
  /// alone.
  bool race = true;
  /// Pins the domain; empty: the fastest.
  std::optional<Domain> domain = std::nullopt;
  /// One of an engine like this: the same program again, whatever else is said about kernels,
  /// domain and race.
  std::optional<Plan> plan = std::nullopt;
};

struct LayerProfile {
  std::string name;
  std::string kernel;
  std::int64_t parameters = 0;
  std::int64_t nonzero = 0;
  std::int64_t macs = 0;       ///< of an image, as macs.h counts them
  std::int64_t kept_macs = 0;  ///< those of weights that aren't 0
  double microseconds = 0;     ///< an image, on one core
};

/// Fills NCHW floats of images [first, first + count).
using ImageLoader = std::function<void(std::int64_t first, std::int64_t count, float* dst)>;

class Engine {
 public:
  /// Throws ShapeError for an unsound model, ArgumentError for options out of
  /// range and a plan that is not for them.
  Engine(const NetworkView& network, const EngineOptions& options);
  /// Shares the plan and the weights of `prepared`, and has threads, buffers and a profile of its
  /// own: both may run at once, and either may end first. Takes memory for activations alone.
  Engine(const Engine& prepared);
  Engine& operator=(const Engine&) = delete;
  ~Engine();

  /// Throws ShapeError where the network doesn't give one value a class.
  std::int64_t classes() const;
  /// What comes out, in the order in which the network names it.
  std::span<const Output> outputs() const;
  /// dsts[k] (count x outputs()[k].extent floats, in C, H, W order) of `count` images. The loader
  /// is called from several threads, for disjoint ranges. One run() at a time. Throws ArgumentError
  /// unless there is a span of that size for each output; NonFiniteError, naming the layer where it
  /// began (for which it loads those images again), where a number is infinite or NaN.
  void run(std::int64_t count, const ImageLoader& loader, std::span<const std::span<float>> dsts);
  /// Of a network with one output. Same contract; throws ShapeError for several outputs.
  void run(std::int64_t count, const ImageLoader& loader, std::span<float> logits);
  /// Plain NCHW floats in. Same contracts.
  void run(std::span<const float> images, std::span<const std::span<float>> dsts);
  void run(std::span<const float> images, std::span<float> logits);

  /// What goes in.
  const Extent& input() const;
  const Plan& plan() const;
  const std::vector<FcChoice>& choices() const { return plan().kernels; }
  /// Per layer, measured over the run() calls since profiling was switched on; off by default.
  void set_profiling(bool on);
  std::vector<LayerProfile> profile() const;
  int threads() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace karnin
