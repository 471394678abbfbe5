// karnin-cpu bench: how much faster fully connected layers get by being sparse.
#include <fmt/core.h>

#include <algorithm>
#include <optional>

#include "cli/console/machine.h"
#include "cli/console/output.h"
#include "cli/console/table.h"
#include "cli/options/number_option.h"
#include "cli/options/value_list.h"
#include "cli/options/verb.h"
#include "cli/verbs/environment.h"
#include "cli/verbs/verbs.h"
#include "formats/exchange/any_model.h"
#include "formats/report/quantity.h"
#include "runtime/core/error.h"
#include "runtime/engine/kernel_race.h"

namespace karnin::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr FcKernel kColumns[] = {FcKernel::onednn, FcKernel::dense, FcKernel::sparse_lanes,
                                 FcKernel::sparse_gather};

struct BenchVerb : VerbOptions {
  std::string shapes = "400x120,1024x1024";
  std::string sparsities = "0,0.5,0.7,0.8,0.9,0.95";
  std::string batches = "1,16,64";
  std::string model;
  std::optional<FcKernel> kernel;
  double seconds = 0.2;
  bool cold = false;
};

struct Row {
  std::string layer;
  std::int64_t ic, oc, batch, nonzero;
  KernelRaceResult race;

  double sparsity() const {
    return 1 - static_cast<double>(nonzero) / static_cast<double>(ic * oc);
  }
  double nanoseconds() const { return race.nanoseconds(race.chosen); }
  double speedup() const { return race.dense_nanoseconds() / nanoseconds(); }
  /// 2 operations a weight and image.
  double gflops(std::int64_t weights) const {
    return 2.0 * static_cast<double>(weights * batch) / nanoseconds();
  }
};

struct Shape {
  std::int64_t ic, oc;
};

/// A `word` of the option's whole text.
Shape parse_shape(std::string_view word, std::string_view text) {
  const std::size_t times = word.find('x');
  if (times != std::string_view::npos) {
    const auto side = [](std::string_view number) {
      return parse_number<std::int64_t>("--fc: IN and OUT of INxOUT", number, {1, kMaxDim});
    };
    const Shape shape{side(word.substr(0, times)), side(word.substr(times + 1))};
    if (shape.ic * shape.oc <= kMaxElements) return shape;
  }
  throw ArgumentError(fmt::format(
      "--fc: expected INxOUT, with commas between several, each of no more than {} weights, got "
      "'{}'",
      kMaxElements, text));
}

std::vector<Shape> parse_shapes(std::string_view text) {
  std::vector<Shape> shapes;
  for (std::string_view rest = text;;) {
    const std::size_t comma = rest.find(',');
    shapes.push_back(parse_shape(rest.substr(0, comma), text));
    if (comma == std::string_view::npos) return shapes;
    rest.remove_prefix(comma + 1);
  }
}

/// visit(layer) for each one, from the file or as --fc and --sparsity say; one at a time, as they
/// may be large.
template <typename Visit>
void for_each_layer(const BenchVerb& verb, const Visit& visit) {
  if (!verb.model.empty()) {
    for (const Model& layer : fc_layers_of(read_any_model(verb.model))) visit(layer);
    return;
  }
  const std::vector<double> sparsities = parse_values("--sparsity", verb.sparsities);
  for (const auto& [ic, oc] : parse_shapes(verb.shapes))
    for (const double sparsity : sparsities) visit(fc_model(ic, oc, sparsity, 1));
}

Row measure_layer(const Model& layer, std::int64_t batch, const BenchVerb& verb) {
  const Parameter& weights = layer.parameters[0];
  const std::optional<FcKernel> kernel = verb.kernel ? verb.kernel : pinned_kernel();
  return {layer.graph.name,
          weights.value.dims().at(1),
          weights.value.dims().at(0),
          batch,
          count_nonzero(weights),
          race_kernels(layer, {batch, verb.threads, kernel, verb.seconds, verb.cold})};
}

Json row_json(const Row& row) {
  Json kernels;
  for (const auto& [kernel, nanoseconds] : row.race.times)
    kernels[std::string(to_string(kernel))] = nanoseconds;
  return {{"layer", row.layer},
          {"in", row.ic},
          {"out", row.oc},
          {"batch", row.batch},
          {"threads", row.race.threads},
          {"sparsity", row.sparsity()},
          {"kernel", to_string(row.race.chosen)},
          {"dense_ns", row.race.dense_nanoseconds()},
          {"sparse_ns", row.nanoseconds()},
          {"speedup", row.speedup()},
          {"gflops_nonzero", row.gflops(row.nonzero)},
          {"gflops_dense_equivalent", row.gflops(row.ic * row.oc)},
          {"kernels_ns", std::move(kernels)}};
}

std::string bench_header(const BenchVerb& verb) {
  return fmt::format("{}, weights {}; microseconds a batch, medians\n\n",
                     machine_name(verb.threads), verb.cold ? "from memory" : "in the caches");
}

std::string row_table(const std::vector<Row>& rows) {
  Table table("llrrrrrrlrr");
  table.add({"layer", "in x out", "sparsity", "batch", "onednn", "dense", "sparse-lanes",
             "sparse-gather", "chosen", "x dense", "GFLOPS"});
  for (const Row& row : rows) {
    std::vector<std::string> cells{row.layer, fmt::format("{}x{}", row.ic, row.oc),
                                   percent(row.sparsity()), std::to_string(row.batch)};
    for (const FcKernel kernel : kColumns) {
      const auto time = std::ranges::find(row.race.times, kernel, &KernelTime::kernel);
      cells.push_back(
          time == row.race.times.end() ? "" : fmt::format("{:.1f}", time->nanoseconds / 1000));
    }
    cells.emplace_back(to_string(row.race.chosen));
    cells.push_back(fmt::format("{:.2f}", row.speedup()));
    cells.push_back(fmt::format("{:.1f}", row.gflops(row.nonzero)));
    table.add(std::move(cells));
  }
  return table.str();
}

ExitCode bench(const BenchVerb& verb) {
  const std::vector<std::int64_t> batches = parse_counts("--batch", verb.batches, {1, kMaxDim});
  std::vector<Row> rows;
  for_each_layer(verb, [&](const Model& layer) {
    for (const std::int64_t batch : batches) rows.push_back(measure_layer(layer, batch, verb));
  });
  if (!verb.json) {
    print(bench_header(verb) + row_table(rows));
    return ExitCode::done;
  }
  Json list = Json::array();
  for (const Row& row : rows) list.push_back(row_json(row));
  print_json({{"machine", machine_json(verb.threads)}, {"rows", std::move(list)}});
  return ExitCode::done;
}

}  // namespace

void add_bench(CLI::App& app, Action& action) {
  const auto options = std::make_shared<BenchVerb>();
  Verb& verb = add_verb(
      app,
      {"bench", "Time fully connected layers, dense against sparse",
       "bench --fc 400x120,1024x1024 --sparsity 0.7,0.9 --batch 1,16,64 --threads 1",
       "Every kernel runs in turns with the others. Several threads get as many images each where\n"
       "it is dense, and share rows and images as in eval where it is sparse. Chosen is what wins\n"
       "a race of a millisecond each beforehand, as when a model is loaded; 'x dense' and\n"
       "'speedup' compare it with the faster of the two dense ones, and 'sparse_ns' is its time.\n"
       "GFLOPS: 2 operations a kept weight and image. Weights that fit into the caches come from\n"
       "there, but with --cold."},
      *options);
  CLI::Option* shapes = verb.add_option("--fc", options->shapes, "Layers as INxOUT, with commas");
  CLI::Option* sparsities = verb.add_option("--sparsity", options->sparsities,
                                            "Shares of weights that are 0, with commas");
  verb.add_option("--batch", options->batches, "Images at once, with commas");
  verb.add_option("--model", options->model, "The fully connected layers of this file instead")
      ->excludes(shapes, sparsities);
  verb.add_option_function<std::string>(
          "--kernel",
          [options](const std::string& name) { options->kernel = fc_kernel_from_string(name); },
          "Count this one as chosen")
      ->type_name("onednn|dense|sparse-lanes|sparse-gather");
  add_number(verb, "--seconds", options->seconds, {0, 3600}, "To spend on a row");
  verb.add_flag("--cold", options->cold, "Empty the caches before every run; for one thread");
  select(verb, action, options, bench);
}

}  // namespace karnin::cli
