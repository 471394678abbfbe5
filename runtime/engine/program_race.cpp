#include "runtime/engine/program_race.h"

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <deque>
#include <numeric>

#include "runtime/engine/median.h"

namespace karnin {
namespace {

/// One program of a race: the times of its layers, run by run, in microseconds.
class Racer {
 public:
  explicit Racer(const Program& program) : worker_(program), samples_(program.steps().size()) {
    const Blob& src = program.steps().front().layer->src();
    std::fill_n(worker_.input(), src.images * src.extent.size(), 0.25F);
  }

  std::size_t samples() const { return samples_.front().size(); }

  /// Runs and times the program; returns how long it took. Others may have driven its weights out
  /// of the caches, where they stay while it runs again and again: hence runs that don't count,
  /// unless they are so long that weights which are read once in each may as well be cold.
  double take_turn() {
    constexpr int kUncounted = 2, kCounted = 2;
    constexpr double kLong = 10'000;
    double spent = 0;
    for (int i = 0; i < kUncounted && last_ < kLong; ++i) spent += run();
    for (int i = 0; i < (last_ < kLong ? kCounted : 1); ++i) {
      spent += run();
      for (std::size_t layer = 0; layer < samples_.size(); ++layer)
        samples_[layer].push_back(times_[layer]);
    }
    return spent;
  }

  std::vector<double> medians() const {
    std::vector<double> result;
    for (const std::vector<double>& times : samples_) result.push_back(median(times));
    return result;
  }

 private:
  double run() {
    times_.assign(samples_.size(), 0.0);
    worker_.forward({}, times_);
    return last_ = std::accumulate(times_.begin(), times_.end(), 0.0);
  }

  Program::Worker worker_;
  std::vector<std::vector<double>> samples_;  // [layer][run]
  std::vector<double> times_;                 // of the layers in the last run
  double last_ = 0;                           // run, in all
};

}  // namespace

std::vector<std::vector<double>> race_programs(std::span<const std::unique_ptr<Program>> programs) {
  constexpr std::size_t kLeast = 4, kMost = 150;  // samples
  constexpr double kEnough = 1000;                // microseconds, of a program
  constexpr std::size_t kLeastOfLong = 2;
  constexpr double kLong = 200'000;
  assert(!programs.empty());
  std::deque<Racer> racers;
  for (const auto& program : programs) racers.emplace_back(*program);
  const auto racing = static_cast<double>(programs.size());
  double spent = 0;
  const auto over = [&] {
    const std::size_t least = std::ranges::min_element(racers, {}, &Racer::samples)->samples();
    if (least >= kLeastOfLong && spent >= kLong * racing) return true;
    return least >= kMost || (least >= kLeast && spent >= kEnough * racing);
  };
  while (!over())
    for (Racer& racer : racers) spent += racer.take_turn();
  std::vector<std::vector<double>> medians;
  for (Racer& racer : racers) medians.push_back(racer.medians());
  return medians;
}

}  // namespace karnin
