// How long one fully connected layer takes with each kernel: all of them in turns, so that a
// machine that slows down slows them all.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/graph/model.h"
#include "runtime/layers/fc_kernel.h"

namespace karnin {

struct KernelRaceOptions {
  std::int64_t batch = 1;  ///< images of a run, shared by the threads
  int threads = 1;         ///< 0: all
  /// The kernel that counts as chosen; empty: the one that a plan chooses for such shards.
  std::optional<FcKernel> kernel = std::nullopt;
  double seconds = 0.2;  ///< to spend, roughly
  bool cold = false;     ///< weights and activations come from memory; for one thread
};

struct KernelTime {
  FcKernel kernel;
  double nanoseconds;  ///< one batch, median
};

struct KernelRaceResult {
  int threads;
  FcKernel chosen;
  std::vector<KernelTime> times;  ///< of fc_candidates() and the chosen one

  double nanoseconds(FcKernel kernel) const;  ///< of one that raced
  /// The faster of the two dense kernels.
  double dense_nanoseconds() const;
};

/// A fully connected layer with ReLU, of uniform random weights in [-1, 1) of which the share
/// `sparsity` is 0, each with that probability.
Model fc_model(std::int64_t ic, std::int64_t oc, double sparsity, std::uint64_t seed);

/// One model for each fully connected layer of `model`: that layer alone, with its weights.
/// Each is named as its layer.
std::vector<Model> fc_layers_of(const Model& model);

/// `model` is one fully connected layer, as the functions above make it. Throws ArgumentError for a
/// batch below 1, threads out of range, or cold caches for more than one.
KernelRaceResult race_kernels(const Model& model, const KernelRaceOptions& options);

}  // namespace karnin
