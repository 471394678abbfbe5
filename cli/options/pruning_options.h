// The options of every verb that prunes.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cli/options/verb.h"
#include "train/masks/pruner.h"

namespace karnin::cli {

CLI::Option* add_method_option(Verb& verb, PruneOptions& options);

/// By which methods a verb prunes, when its options have their values; and whether by a threshold.
struct Pruned {
  std::function<std::vector<PruneMethod>()> by;
  std::function<bool()> by_threshold = [] { return false; };
};

/// --sign, --scope and --layers.
void add_choice_options(Verb& verb, PruneOptions& options, const Pruned& pruned);

/// --normalise, without which the lowest scores stay the lowest; `threshold` is the option that
/// makes it matter.
void add_normalise_option(Verb& verb, PruneOptions& options, const std::string& threshold,
                          const Pruned& pruned);

/// Has --seed matter where scores are random, or of images that are drawn, and where `otherwise`
/// says so: with one of the options `named`.
void say_when_seed_matters(Verb& verb, const Pruned& pruned, const std::string& named,
                           std::function<bool()> otherwise);

/// --score-images
void add_score_image_option(Verb& verb, std::int64_t& images, const Pruned& pruned);

}  // namespace karnin::cli
