#include "cli/value_options.h"

#include <cmath>

#include "cli/verb.h"
#include "runtime/core/error.h"

namespace karnin::cli {

void add_value_options(CLI::App& verb, ValueOptions& options) {
  QuantiseOptions& quantise = options.quantise;
  auto* values =
      add_choice(verb, "--values", quantise.kind, value_kind_from_string, to_string(quantise.kind),
                 "f32|f16|bf16|int8|codebook", "What the kept weights are rounded to");
  auto* entries = verb.add_option("--entries", quantise.entries, "Values in each tensor's codebook")
                      ->check(CLI::Range(kLeastEntries, kMostEntries))
                      ->needs(values);
  options.tuning.epochs = 0;
  verb.add_option("--tune-values", options.tuning.epochs,
                  "Epochs of training in which the weights are rounded to their codebooks")
      ->check(CLI::Range(0, 1'000'000));
  verb.add_option_function<double>(
          "--max-accuracy-drop", [&options](double points) { options.max_accuracy_drop = points; },
          "Round to what gives the smallest file that loses at most this many points of accuracy "
          "on a tenth of the training images, which --tune-values then leaves out; sizes are those "
          "before tuning")
      ->check(CLI::Range(0.0, 100.0))
      ->excludes(values)
      ->excludes(entries);
}

bool needs_images(const ValueOptions& options) {
  return options.max_accuracy_drop || options.tuning.epochs > 0;
}

void validate(const ValueOptions& options) {
  if (options.max_accuracy_drop && std::isnan(*options.max_accuracy_drop))
    throw ArgumentError("--max-accuracy-drop: expected 0 to 100, got NaN");
  if (options.tuning.epochs > 0 && !options.max_accuracy_drop &&
      options.quantise.kind != ValueKind::codebook)
    throw ArgumentError("--tune-values: expected --values codebook or --max-accuracy-drop with it");
}

}  // namespace karnin::cli
