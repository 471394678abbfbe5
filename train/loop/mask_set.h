// Which weights of a network in training stay 0: the masks of its model, whether they hold, and a
// version by which whoever prepares something from them knows when to do it anew.
#pragma once

#include <cstdint>
#include <span>

#include "runtime/graph/model.h"

namespace karnin {

class MaskSet {
 public:
  /// The masks of this model, which must outlive it. They hold.
  explicit MaskSet(const Model& model) : model_(model) {}

  /// One byte a weight of that parameter, 0 = stays 0; empty where every weight may move.
  std::span<const std::uint8_t> of(std::size_t parameter) const {
    if (!held_) return {};
    return model_.parameters[parameter].mask;
  }
  bool are_held() const { return held_; }
  /// Another one after every change; never 0.
  std::uint64_t version() const { return version_; }

  /// By who has changed masks of the model, between two steps.
  void note_change() { ++version_; }
  /// Whether pruned weights and their velocity stay 0 from now on, or are updated like all others.
  void hold(bool held) {
    if (held != held_) note_change();
    held_ = held;
  }

 private:
  const Model& model_;
  bool held_ = true;
  std::uint64_t version_ = 1;
};

}  // namespace karnin
