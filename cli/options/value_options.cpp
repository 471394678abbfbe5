#include "cli/options/value_options.h"

#include "cli/options/number_option.h"
#include "train/values/quantise.h"

namespace karnin::cli {

void add_value_options(Verb& verb, ValueOptions& options) {
  QuantiseOptions& quantise = options.quantise;
  auto* values =
      add_choice(verb, "--values", quantise.kind, value_kind_from_string, to_string(quantise.kind),
                 "f32|f16|bf16|int8|codebook", "What the kept weights are rounded to");
  auto* entries = add_number(verb, "--entries", quantise.entries, {kLeastEntries, kMostEntries},
                             "Values in each tensor's codebook");
  options.tuning.epochs = 0;
  add_number(verb, "--tune-values", options.tuning.epochs, {0, 1'000'000},
             "Epochs of training in which the weights are rounded to their codebooks");
  add_number(
      verb, "--max-accuracy-drop", options.max_accuracy_drop, {0, 100},
      "Round to what gives the smallest file that loses at most this many points of accuracy "
      "on a tenth of the training images, which --tune-values then leaves out; sizes are "
      "those before tuning. Of a calibrated network without --sparsity or --threshold the most "
      "weights go first that lose no more. Images of --calibrate without --data are judged by what "
      "the network answered")
      ->excludes(values)
      ->excludes(entries);
  const auto codebook = [&verb, &quantise] {
    return quantise.kind == ValueKind::codebook || verb.was_given("--values", "codebook");
  };
  verb.matter_if({"--entries"}, "--values codebook", codebook);
  verb.matter_if({"--tune-values"}, "--values codebook or --max-accuracy-drop",
                 [&options, codebook] {
                   return options.tuning.epochs == 0 || options.max_accuracy_drop || codebook();
                 });
}

}  // namespace karnin::cli
