// karnin-cpu bench: how fast networks run, and single layers by being sparse.
#include "cli/options/number_option.h"
#include "cli/verbs/bench_layers.h"
#include "cli/verbs/bench_network.h"
#include "cli/verbs/verbs.h"

namespace karnin::cli {
namespace {

ExitCode bench(const BenchVerb& verb) {
  return verb.model.empty() || verb.fc_layers ? bench_layers(verb) : bench_network(verb);
}

void add_kernel_option(Verb& verb, BenchVerb& options) {
  verb.add_option_function<std::string>(
          "--kernel",
          [&options](const std::string& name) { options.kernel = fc_kernel_from_string(name); },
          "Of fully connected layers: the one that counts as chosen, or of a network runs")
      ->type_name("onednn|dense|sparse-lanes|sparse-gather");
}

/// What won a race, kept, and run again.
void add_plan_options(Verb& verb, BenchVerb& options) {
  CLI::Option* model = verb.get_option("--model");
  CLI::Option* fc_layers = verb.get_option("--fc-layers");
  CLI::Option* save =
      verb.add_option("--save-plan", options.save_plan.out,
                      "Of --model: where to keep what won, for --plan of bench and eval")
          ->needs(model)
          ->excludes(verb.get_option("--sparsity"))
          ->excludes(fc_layers);
  verb.add_option("--plan", options.plan, "Of --model: run what was kept, without a race")
      ->needs(model)
      ->excludes(save)
      ->excludes(fc_layers)
      ->excludes(verb.get_option("--kernel"));
  verb.add_flag("--overwrite", options.save_plan.overwrite, "Replace a plan that is there")
      ->needs(save);
}

}  // namespace

void add_bench(CLI::App& app, Action& action) {
  const auto options = std::make_shared<BenchVerb>();
  Verb& verb = add_verb(
      app,
      {"bench", "Time a network, or fully connected layers dense against sparse",
       "bench --model net.onnx --batch 1,16 --threads 1",
       "With --model a whole network runs on random images, one batch after the other: median and\n"
       "99th percentile of a batch, and in runs of their own the layers, an image on one core.\n"
       "--sparsity sets weights to 0 at random first (not of the first layer, nor of convolutions\n"
       "in groups): for the timing's sake, the answers are worth nothing.\n"
       "With --fc every kernel of a layer runs in turns with the others. Several threads get as\n"
       "many images each where it is dense, and share rows and images as in eval where it is\n"
       "sparse. Chosen is what wins a race of a millisecond each beforehand, as when a model is\n"
       "loaded; 'x dense' and 'speedup' compare it with the faster of the two dense ones, and\n"
       "'sparse_ns' is its time. Weights that fit into the caches come from there, but with "
       "--cold.\n"
       "GFLOP/s: 2 operations a kept weight, position and image."},
      *options);
  CLI::Option* shapes = verb.add_option("--fc", options->shapes, "Layers as INxOUT, with commas");
  CLI::Option* sparsities = verb.add_option("--sparsity", options->sparsities,
                                            "Shares of weights that are 0, with commas")
                                ->default_str("0,0.5,0.7,0.8,0.9,0.95; of a model: as it is");
  verb.add_option("--batch", options->batches, "Images at once, with commas");
  CLI::Option* model =
      verb.add_option("--model", options->model, "A network instead: a model file, or ONNX")
          ->excludes(shapes);
  verb.add_flag("--fc-layers", options->fc_layers,
                "Of --model: its fully connected layers one by one, as they are")
      ->needs(model)
      ->excludes(sparsities);
  add_kernel_option(verb, *options);
  add_number(verb, "--seconds", options->seconds, {0, 3600}, "To spend on a row");
  verb.add_flag("--cold", options->cold, "Empty the caches before every run; for one thread");
  add_plan_options(verb, *options);
  verb.matter_if({"--cold"}, "--fc-layers",
                 [options] { return options->model.empty() || options->fc_layers; });
  select(verb, action, options, bench);
}

}  // namespace karnin::cli
