#include "cli/options/watch_options.h"

#include <fmt/core.h>

#include <algorithm>
#include <limits>
#include <string_view>

#include "cli/options/number_option.h"

namespace karnin::cli {
namespace {

/// "500" and "500steps" are steps, "2epochs" (or "1epoch") epochs. Throws ArgumentError.
CheckpointInterval interval_from_string(std::string_view text) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const std::string_view unit = text.substr(digits);
  const bool epochs = unit == "epoch" || unit == "epochs";
  if (!(epochs || unit.empty() || unit == "step" || unit == "steps"))
    throw ArgumentError(fmt::format(
        "--checkpoint-every: expected a whole number of steps or epochs such as 500, 500steps or "
        "2epochs, got '{}'",
        text));
  return {parse_number<std::int64_t>("--checkpoint-every", text.substr(0, digits),
                                     {0, std::numeric_limits<std::int64_t>::max()}),
          epochs};
}

}  // namespace

void add_watch_options(Verb& verb, WatchOptions& options) {
  add_number(verb, "--validation", options.validation, kShareBelowOne,
             "Hold this share of the training images out, and tell the "
             "accuracy on them after every epoch; 0: none");
  add_number(verb, "--early-stop", options.early_stop, {1, 1'000'000},
             "End after this many epochs in a row that were no better on the images held out, "
             "and save the weights of the best one");
  verb.add_flag("--held-out-gradients", options.held_out_gradients,
                "Take the gradients in sensitivities and for --regrow from the images held out, a "
                "batch of them a step, rather than from those that are learnt. Steps take about "
                "twice as long, and what these images prune looks better on them");
  verb.matter_if({"--early-stop", "--held-out-gradients"}, "--validation above 0",
                 [&options] { return options.validation > 0; });
  verb.add_option_function<std::string>(
          "--checkpoint-every",
          [&every = options.checkpoint_every](const std::string& text) {
            every = interval_from_string(text);
          },
          "Save the run every so many steps (500) or epochs (2epochs); 0: only when interrupted")
      ->type_name("N[steps|epochs]")
      ->default_str("1epoch");
  verb.add_flag(
          "--resume", options.resume,
          "Go on from the checkpoint in --out, with otherwise the same arguments (--threads "
          "may differ); without one, start at the beginning. A run that is over stays as it is")
      ->excludes("--overwrite");
  verb.add_option("--tensorboard", options.tensorboard, "Directory for TensorBoard's curves");
}

}  // namespace karnin::cli
