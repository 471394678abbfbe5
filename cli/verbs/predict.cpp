// karnin-cpu predict: what a network takes images for.
#include <CLI/CLI.hpp>

#include "cli/console/console.h"
#include "cli/console/output.h"
#include "cli/options/number_option.h"
#include "cli/options/result_options.h"
#include "cli/options/verb.h"
#include "cli/verbs/data_options.h"
#include "cli/verbs/predicted_images.h"
#include "cli/verbs/prediction_report.h"
#include "cli/verbs/verbs.h"
#include "formats/data/npy.h"
#include "formats/exchange/any_model.h"
#include "runtime/core/flat_extent.h"

namespace karnin::cli {
namespace {

struct PredictVerb : VerbOptions {
  std::string model;
  std::vector<std::string> inputs;
  DataForm form;
  std::int64_t top = 5;
  bool raw = false;
  ResultOptions result;  ///< out empty: nothing is written
};

bool wants_outputs(const PredictVerb& verb) { return verb.raw || !verb.result.out.empty(); }

void require_classes(const Predictor& predictor, const Graph& graph) {
  if (is_vector(predictor.output()) && predictor.output().c > 1) return;
  throw ArgumentError(fmt::format(
      "the network '{}' gives {} values, which are no classes: expected --raw or --out FILE.npy",
      graph.name, to_string(predictor.output())));
}

/// Images x what the network gives; a vector has one axis.
std::vector<std::uint8_t> npy_of(const PredictedImages& images, const Extent& output) {
  std::vector<std::int64_t> dims{static_cast<std::int64_t>(images.names().size()), output.c};
  if (!is_vector(output)) dims.insert(dims.end(), {output.h, output.w});
  return encode_npy(dims, images.values());
}

void print_report(const PredictVerb& verb, const PredictedImages& images, const CompactModel& model,
                  const std::string& out) {
  const PredictionReport report{images, model.classes, wants_outputs(verb) ? 0 : verb.top, out};
  if (verb.json)
    print_json(to_json(report));
  else
    print(out.empty() ? to_csv(report)
                      : fmt::format("{}: outputs of {} images\n", out, images.names().size()));
}

ExitCode predict(const PredictVerb& verb) {
  const CompactModel model = read_any_compact_model(verb.model);
  Predictor predictor(model, verb.threads);
  if (!wants_outputs(verb)) require_classes(predictor, model.graph);
  Console console;
  OutputFiles files(console.watcher());
  const std::filesystem::path& out = verb.result.out;
  if (!out.empty()) {
    std::vector<std::filesystem::path> read(verb.inputs.begin(), verb.inputs.end());
    read.emplace_back(verb.model);
    require_no_input(verb.result, read);
    files = take_file(verb.result, console.watcher());
  }
  PredictedImages images(predictor, model.graph, form_for(model.graph, verb.form),
                         !wants_outputs(verb));
  images.add(verb.inputs, console.watcher());
  console.clear();
  const bool all_lost = images.names().empty() && !images.failures().empty();
  const bool writes = !out.empty() && !all_lost;
  if (writes) files.write(out, npy_of(images, predictor.output()));
  print_report(verb, images, model, writes ? files.place_of(out).string() : "");
  return images.failures().empty() ? exit_code_of(false, files.in_place()) : ExitCode::input;
}

}  // namespace

void add_predict(CLI::App& app, Action& action) {
  const auto options = std::make_shared<PredictVerb>();
  Verb& verb = add_verb(
      app,
      {"predict", "Say what images show", "predict --model karnin-run/pruned.bin photo.jpg",
       "Prints CSV: a line for each of the most probable classes of each image. Of a directory it\n"
       "takes all PNG and JPEG images in it and below, in the order of their names; of a .npy "
       "file\n"
       "every image, as NAME[0], NAME[1], ... An image that cannot be read, or whose answers "
       "overflow,\n"
       "is named on stderr; the others are predicted, and the exit status is 3."},
      *options);
  verb.add_option("--model", options->model, "A model file, or an ONNX file")->required();
  verb.add_option("inputs", options->inputs, "Images, .npy files and directories")
      ->required()
      ->default_str("")
      ->type_name("FILE|DIR");
  add_form_options(verb, options->form);
  add_number(verb, "--top", options->top, {1, 65536}, "How many classes of each image");
  verb.add_flag("--raw", options->raw,
                "Print all that the network gives, as it is, in place of classes");
  add_result_options(verb, options->result, "",
                     "Write that to a .npy file of floats, an image a row");
  verb.matter_if({"--top"}, "neither --raw nor --out",
                 [options] { return !wants_outputs(*options); });
  verb.matter_if({"--overwrite"}, "--out", [options] { return !options->result.out.empty(); });
  select(verb, action, options, predict);
}

}  // namespace karnin::cli
