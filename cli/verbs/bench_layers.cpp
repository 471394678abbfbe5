#include "cli/verbs/bench_layers.h"

#include <fmt/core.h>

#include <algorithm>

#include "cli/console/machine.h"
#include "cli/console/output.h"
#include "cli/console/table.h"
#include "cli/options/value_list.h"
#include "cli/verbs/environment.h"
#include "formats/exchange/any_model.h"
#include "formats/report/quantity.h"
#include "runtime/core/error.h"
#include "runtime/engine/kernel_race.h"

namespace karnin::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kSparsities = "0,0.5,0.7,0.8,0.9,0.95";
constexpr FcKernel kColumns[] = {FcKernel::onednn, FcKernel::dense, FcKernel::sparse_lanes,
                                 FcKernel::sparse_gather};

struct LayerRow {
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
  const std::vector<double> sparsities =
      parse_values("--sparsity", verb.sparsities.empty() ? kSparsities : verb.sparsities);
  for (const auto& [ic, oc] : parse_shapes(verb.shapes))
    for (const double sparsity : sparsities) visit(fc_model(ic, oc, sparsity, 1));
}

LayerRow measure_layer(const Model& layer, std::int64_t batch, const BenchVerb& verb) {
  const Parameter& weights = layer.parameters[0];
  const std::optional<FcKernel> kernel = verb.kernel ? verb.kernel : pinned_kernel();
  return {layer.graph.name,
          weights.value.dims().at(1),
          weights.value.dims().at(0),
          batch,
          count_nonzero(weights),
          race_kernels(layer, {batch, verb.threads, kernel, verb.seconds, verb.cold})};
}

Json row_json(const LayerRow& row) {
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

std::string row_table(const std::vector<LayerRow>& rows) {
  Table table("llrrrrrrlrr");
  table.add({"layer", "in x out", "sparsity", "batch", "onednn", "dense", "sparse-lanes",
             "sparse-gather", "chosen", "x dense", "GFLOPS"});
  for (const LayerRow& row : rows) {
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

}  // namespace

ExitCode bench_layers(const BenchVerb& verb) {
  const std::vector<std::int64_t> batches = parse_counts("--batch", verb.batches, {1, kMaxDim});
  std::vector<LayerRow> rows;
  for_each_layer(verb, [&](const Model& layer) {
    for (const std::int64_t batch : batches) rows.push_back(measure_layer(layer, batch, verb));
  });
  if (!verb.json) {
    print(bench_header(verb) + row_table(rows));
    return ExitCode::done;
  }
  Json list = Json::array();
  for (const LayerRow& row : rows) list.push_back(row_json(row));
  print_json({{"machine", machine_json(verb.threads)}, {"rows", std::move(list)}});
  return ExitCode::done;
}

}  // namespace karnin::cli
