#include "runtime/program/buffers.h"

#include <algorithm>
#include <utility>

#include "runtime/program/placement.h"

namespace karnin {
namespace {

/// Whether nobody wants a value any more once `step` has read it, which reads it once. In training
/// it has no other reader: all of them come back to it.
bool may_be_overwritten(const Lowered& program, ValueId id, StepId step) {
  const std::vector<StepId>& readers = program.value(id).consumers;
  if (id == program.input || program.is_output(id) || readers.back() != step) return false;
  return readers.size() == 1 ||
         (program.purpose == Purpose::inference && readers[readers.size() - 2] != step);
}

/// Values that lie in one place, one after the other: what is worked on in place. Each is named by
/// the first of them.
std::vector<ValueId> places_of(const Lowered& program) {
  std::vector<ValueId> places(program.values.size());
  for (ValueId id = 0; std::cmp_less(id, places.size()); ++id) {
    places[static_cast<std::size_t>(id)] = id;
    const StepId producer = program.value(id).producer;
    if (producer == kNoStep) continue;
    const Step& step = program.steps[static_cast<std::size_t>(producer)];
    const std::optional<std::size_t> src = step.layer->in_place();
    if (src && may_be_overwritten(program, step.srcs[*src], producer))
      places[static_cast<std::size_t>(id)] = places[static_cast<std::size_t>(step.srcs[*src])];
  }
  return places;
}

class BufferPlanner {
 public:
  explicit BufferPlanner(const Lowered& program)
      : program_(program),
        steps_(static_cast<int>(program.steps.size())),
        places_(places_of(program)) {}

  BufferPlan plan() {
    BufferPlan plan;
    plan_values(plan);
    plan_diffs(plan);
    return plan;
  }

 private:
  /// Moments: a step runs forward at its number, and backward as long after the middle.
  int backward(StepId step) const { return 2 * steps_ - 1 - step; }
  int last_use(StepId step) const {
    return program_.goes_back(program_.steps[static_cast<std::size_t>(step)]) ? backward(step)
                                                                              : step;
  }

  std::size_t floats(ValueId id) const {
    return static_cast<std::size_t>(program_.value(id).blob.floats());
  }

  Lifetime of_value(ValueId id) const {
    const Value& value = program_.value(id);
    if (id == program_.input) return {-1, 2 * steps_, floats(id)};
    Lifetime life{value.producer, last_use(value.producer), floats(id)};
    for (const StepId reader : value.consumers) life.to = std::max(life.to, last_use(reader));
    if (program_.is_output(id)) life.to = std::max(life.to, steps_);
    return life;
  }

  /// From when the last reader goes back, or the caller has seen the output.
  Lifetime of_diff(ValueId id) const {
    const Value& value = program_.value(id);
    const StepId last = program_.is_output(id) ? steps_ : value.consumers.back();
    return {backward(last), backward(value.producer), floats(id)};
  }

  static void widen(Lifetime& life, const Lifetime& other) {
    life.from = std::min(life.from, other.from);
    life.to = std::max(life.to, other.to);
    life.floats = std::max(life.floats, other.floats);
  }

  void plan_values(BufferPlan& plan) const {
    std::vector<Lifetime> lives;
    std::vector<std::size_t> entry(places_.size());  // among them, by value
    for (ValueId id = 0; std::cmp_less(id, places_.size()); ++id) {
      const auto i = static_cast<std::size_t>(id);
      const bool own = places_[i] == id;
      entry[i] = own ? lives.size() : entry[static_cast<std::size_t>(places_[i])];
      if (own) lives.push_back(of_value(id));
      widen(lives[entry[i]], of_value(id));
    }
    const Placement placement = place(lives);
    plan.value_floats = placement.floats;
    for (const std::size_t e : entry) plan.values.push_back(placement.buffers[e]);
  }

  void plan_diffs(BufferPlan& plan) const {
    std::vector<Lifetime> lives;
    std::vector<std::optional<std::size_t>> entry(places_.size());
    for (ValueId id = 0; std::cmp_less(id, places_.size()); ++id) {
      const auto i = static_cast<std::size_t>(id);
      if (!has_diff(id)) continue;
      const bool own = !entry[static_cast<std::size_t>(places_[i])];
      entry[i] = own ? lives.size() : entry[static_cast<std::size_t>(places_[i])];
      if (own) lives.push_back(of_diff(id));
      widen(lives[*entry[i]], of_diff(id));
    }
    const std::vector<std::pair<StepId, Addend>> addends = add_addends(lives);
    const Placement placement = place(lives);
    plan.diff_floats = placement.floats;
    for (const auto& e : entry)
      plan.diffs.push_back(e ? std::optional(placement.buffers[*e]) : std::nullopt);
    plan.addends.resize(program_.steps.size());
    for (const auto& [step, addend] : addends)
      plan.addends[static_cast<std::size_t>(step)].push_back(
          {addend.src, placement.buffers[addend.buffer]});
  }

  /// Whoever trains fills that of the output, even if nothing above learns from it.
  bool has_diff(ValueId id) const {
    return program_.value(id).wants_diff ||
           (program_.is_output(id) && program_.purpose == Purpose::training);
  }

  /// Who reads a value that others behind it read, too. Addend::buffer is an entry of `lives`.
  std::vector<std::pair<StepId, Addend>> add_addends(std::vector<Lifetime>& lives) const {
    std::vector<std::pair<StepId, Addend>> addends;
    std::vector<bool> written(places_.size(), false);
    for (const ValueId output : program_.outputs) written[static_cast<std::size_t>(output)] = true;
    for (StepId step = steps_; step-- > 0;) {
      const std::vector<ValueId>& srcs = program_.steps[static_cast<std::size_t>(step)].srcs;
      for (std::size_t s = 0; s < srcs.size(); ++s) {
        if (!program_.value(srcs[s]).wants_diff) continue;
        const auto src = static_cast<std::size_t>(srcs[s]);
        if (written[src]) {
          addends.emplace_back(step, Addend{s, lives.size()});
          lives.push_back({backward(step), backward(step), floats(srcs[s])});
        }
        written[src] = true;
      }
    }
    return addends;
  }

  const Lowered& program_;
  int steps_;
  std::vector<ValueId> places_;
};

}  // namespace

BufferPlan plan_buffers(const Lowered& program) { return BufferPlanner(program).plan(); }

}  // namespace karnin
