#include "train/loop/schedule.h"

#include <fmt/format.h>

#include <cassert>
#include <cmath>
#include <numbers>

#include "runtime/core/named_enum.h"

namespace karnin {
namespace {

constexpr EnumNames<ScheduleKind, 3> kScheduleNames{{{ScheduleKind::constant, "constant"},
                                                     {ScheduleKind::step, "step"},
                                                     {ScheduleKind::one_cycle, "one-cycle"}}};

void require(bool holds, std::string_view what, std::string_view expected, double got) {
  if (!holds) throw ArgumentError(fmt::format("{}: expected {}, got {}", what, expected, got));
}

/// Share of the peak after share x of the run: 0 at 0, 1 at `warmup`, 0 at 1.
double one_cycle(double x, double warmup) {
  if (x < warmup) return x / warmup;
  if (x >= 1) return 0;
  return 0.5 * (1 + std::cos(std::numbers::pi * (x - warmup) / (1 - warmup)));
}

}  // namespace

std::string_view to_string(ScheduleKind kind) { return name_of(kScheduleNames, kind); }

ScheduleKind schedule_from_string(std::string_view name) {
  return value_of(kScheduleNames, "schedule", name);
}

void validate(const ScheduleOptions& options) {
  const auto positive = [](double x) { return std::isfinite(x) && x > 0; };
  require(positive(options.learning_rate), "learning rate", "a number above 0",
          options.learning_rate);
  require(positive(options.step_factor), "step factor", "a number above 0", options.step_factor);
  require(options.step_epochs >= 1, "step epochs", "at least 1",
          static_cast<double>(options.step_epochs));
  require(options.cycles >= 1, "cycles", "at least 1", static_cast<double>(options.cycles));
  require(options.warmup >= 0 && options.warmup <= 1, "warmup", "a share in [0, 1]",
          options.warmup);
}

double learning_rate_at(const ScheduleOptions& options, std::int64_t step, std::int64_t steps,
                        std::int64_t steps_per_epoch) {
  assert(step >= 0 && steps >= 1 && steps_per_epoch >= 1);
  double factor = 1;
  if (options.kind == ScheduleKind::step) {
    const std::int64_t drops = step / steps_per_epoch / options.step_epochs;
    factor = std::pow(options.step_factor, static_cast<double>(drops));
  } else if (options.kind == ScheduleKind::one_cycle) {
    const double cycle = static_cast<double>(steps) / static_cast<double>(options.cycles);
    const double x = (static_cast<double>(step) + 0.5) / cycle;
    factor =
        x < static_cast<double>(options.cycles) ? one_cycle(x - std::floor(x), options.warmup) : 0;
  }
  return options.learning_rate * factor;
}

}  // namespace karnin
