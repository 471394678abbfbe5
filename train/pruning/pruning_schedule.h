// How sparse a network is to be after each step of a training that prunes it.
#pragma once

#include <cstdint>
#include <string_view>

namespace karnin {

enum class PruningPace {
  at_once,  ///< all of it at the begin
  gradual,  ///< along a cubic (Zhu and Gupta, arXiv:1710.01878, eq. 1), fast first, then slower
  rounds    ///< what follows the begin in equal parts, each of which starts by removing the same
            ///< share of the rest
};

struct PruningScheduleOptions {
  PruningPace pace = PruningPace::gradual;
  double begin = 0;  ///< share of the run
  double end = 0.6;  ///< share of the run, from which on nothing changes; not for rounds
  std::int64_t rounds = 5;
  std::int64_t events_per_epoch = 4;  ///< gradual, and whenever weights come back
};

std::string_view to_string(PruningPace pace);            ///< "at-once", "gradual", "rounds"
PruningPace pruning_pace_from_string(std::string_view);  ///< throws ArgumentError

/// Throws ArgumentError unless 0 <= begin <= end <= 1, 1 <= rounds <= 1000 and
/// events_per_epoch >= 1.
void validate(const PruningScheduleOptions& options);

class PruningSchedule {
 public:
  /// From sparsity `from` to `to`, over a run of `steps` steps; options must be valid.
  PruningSchedule(const PruningScheduleOptions& options, double from, double to, std::int64_t steps,
                  std::int64_t steps_per_epoch);

  double first_sparsity() const { return from_; }
  void start_from(double sparsity) { from_ = sparsity; }

  /// Steps before the first pruning.
  std::int64_t first_event() const { return begin_; }

  /// What follows is for `step` steps done, from 0 (before the first) on.
  double sparsity(std::int64_t step) const;
  /// Whether masks are to be chosen anew.
  bool is_event(std::int64_t step) const;
  /// Whether masks stay as they are from here on; always where more is pruned than is asked for.
  bool is_settled(std::int64_t step) const { return step >= end_ || to_ < from_; }
  /// 1 at the begin, 0 at the end, along half a cosine: how much freedom is left.
  double freedom(std::int64_t step) const;

 private:
  double progress(std::int64_t step) const;
  std::int64_t round_start(std::int64_t round) const {
    return begin_ + round * (steps_ - begin_) / options_.rounds;
  }

  PruningScheduleOptions options_;
  double from_, to_;
  std::int64_t steps_, begin_, end_, interval_;
};

}  // namespace karnin
