#include "train/experiments/pruning_evaluator.h"

#include <algorithm>
#include <map>
#include <mutex>

#include "runtime/core/error.h"
#include "train/experiments/network_split.h"
#include "train/loop/zero_pruned.h"
#include "train/session/classification.h"

namespace karnin {

PruningEvaluator::PruningEvaluator(const Model& model, const ImageSet& images,
                                   std::span<const std::string> layers, int threads)
    : model_(model),
      images_(images),
      arena_(threads),
      cut_(cut_before(model.graph, layers)),
      specs_(parameter_specs(model.graph)),
      tail_(tail_from(model, cut_)),
      features_(features_at(model, cut_, images, threads)) {}

PruningEvaluator::Choice PruningEvaluator::choose(const Pruning& pruning) const {
  Model model = model_;
  Choice choice{pruning(model), {}};
  for (std::size_t p = 0; p < model.parameters.size(); ++p) {
    Mask& mask = model.parameters[p].mask;
    if (specs_[p].node > cut_)
      choice.masks.push_back(std::move(mask));
    else if (mask != model_.parameters[p].mask)
      throw ArgumentError("'" + model.parameters[p].name + "' was not to be pruned");
  }
  return choice;
}

ConfusionMatrix PruningEvaluator::classify(const Masks& masks) const {
  Model tail = tail_;
  for (std::size_t p = 0; p < masks.size(); ++p) {
    tail.parameters[p].mask = masks[p];
    zero_pruned(tail.parameters[p]);
  }
  Engine engine(tail, {.threads = 1, .race = false});
  std::vector<float> logits(static_cast<std::size_t>(images_.size() * engine.classes()));
  engine.run(features_, logits);
  return confusion_of(logits, images_, engine.classes());
}

void PruningEvaluator::evaluate(std::span<const Pruning> prunings,
                                const std::function<void(std::size_t, Outcome)>& found,
                                const std::function<bool()>& stop) {
  std::vector<Choice> choices(prunings.size());
  arena_.for_each(static_cast<std::int64_t>(prunings.size()), [&](std::int64_t i) {
    const auto index = static_cast<std::size_t>(i);
    choices[index] = choose(prunings[index]);
  });

  std::map<Masks, std::size_t> numbers;         // of the masks that differ
  std::vector<std::vector<std::size_t>> equal;  // prunings of each of these
  for (std::size_t i = 0; i < choices.size(); ++i) {
    const auto [known, added] = numbers.try_emplace(choices[i].masks, equal.size());
    if (added) equal.emplace_back();
    equal[known->second].push_back(i);
  }
  std::mutex mutex;
  arena_.for_each(static_cast<std::int64_t>(equal.size()), [&](std::int64_t i) {
    if (stop && stop()) return;
    const std::vector<std::size_t>& same = equal[static_cast<std::size_t>(i)];
    const ConfusionMatrix confusion = classify(choices[same.front()].masks);
    const std::lock_guard lock(mutex);
    for (const std::size_t pruning : same)
      found(pruning, {std::move(choices[pruning].report), confusion});
  });
}

std::vector<Outcome> PruningEvaluator::evaluate(std::span<const Pruning> prunings) {
  std::vector<Outcome> outcomes(prunings.size(), {{}, ConfusionMatrix(1)});
  const auto keep = [&](std::size_t i, Outcome outcome) { outcomes[i] = std::move(outcome); };
  evaluate(prunings, keep, {});
  return outcomes;
}

}  // namespace karnin
