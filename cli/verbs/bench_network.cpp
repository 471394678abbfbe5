#include "cli/verbs/bench_network.h"

#include <fmt/core.h>

#include <nlohmann/json.hpp>
#include <numeric>

#include "cli/console/console.h"
#include "cli/console/machine.h"
#include "cli/console/output.h"
#include "cli/console/table.h"
#include "cli/options/value_list.h"
#include "cli/verbs/environment.h"
#include "cli/verbs/plan_report.h"
#include "formats/exchange/any_model.h"
#include "formats/io/printable.h"
#include "formats/plan/plan_file.h"
#include "formats/report/quantity.h"
#include "runtime/engine/network_timing.h"

namespace karnin::cli {
namespace {

using Json = nlohmann::ordered_json;

struct NetworkRow {
  std::int64_t batch;
  double sparsity;  ///< of all parameters
  NetworkTiming timing;

  double images_per_second() const { return 1e6 * static_cast<double>(batch) / timing.median_us; }
  /// Of one core, in all layers.
  double layer_microseconds() const {
    double sum = 0;
    for (const LayerProfile& layer : timing.layers) sum += layer.microseconds;
    return sum;
  }
  /// 2 operations a kept weight and position.
  double gflops() const {
    double sum = 0;
    for (const LayerProfile& layer : timing.layers) sum += static_cast<double>(layer.kept_macs);
    return 2e-3 * sum * static_cast<double>(batch) / timing.median_us;
  }
};

double gflops(const LayerProfile& layer) {
  return layer.kept_macs == 0 ? 0
                              : 2e-3 * static_cast<double>(layer.kept_macs) / layer.microseconds;
}

NetworkRow measure(const NetworkView& network, const NetworkTimingOptions& options) {
  const ParameterCount count = count_parameters(network);
  const double kept =
      count.all == 0 ? 1 : static_cast<double>(count.nonzero) / static_cast<double>(count.all);
  return {options.batch, 1 - kept, time_network(network, options)};
}

/// One for each batch; what is not in a plan file is found missing before anything runs.
std::vector<NetworkTimingOptions> timings_for(const BenchVerb& verb, const Graph& graph) {
  std::vector<NetworkTimingOptions> timings;
  const std::optional<FcKernel> kernel =
      verb.kernel ? verb.kernel : pinned_kernel_beside(verb.plan);
  for (const std::int64_t batch : parse_counts("--batch", verb.batches, {1, kMaxBatch}))
    timings.push_back({batch, verb.threads, kernel, verb.seconds, {}});
  if (verb.plan.empty()) return timings;
  const PlanFile plans(verb.plan, graph);
  for (NetworkTimingOptions& timing : timings) timing.plan = plans.find(timing.batch, verb.threads);
  return timings;
}

/// One for each sparsity that was asked for, and batch.
std::vector<NetworkRow> measure_all(const BenchVerb& verb) {
  std::vector<NetworkRow> rows;
  if (verb.sparsities.empty()) {
    const CompactModel model = read_any_compact_model(verb.model);
    for (const NetworkTimingOptions& options : timings_for(verb, model.graph))
      rows.push_back(measure(model, options));
    return rows;
  }
  const std::vector<double> sparsities = parse_values("--sparsity", verb.sparsities);
  const Model model = read_any_model(verb.model);
  for (const double sparsity : sparsities) {
    Model thin = model;
    thin_out(thin, sparsity, 1);
    for (const NetworkTimingOptions& options : timings_for(verb, model.graph))
      rows.push_back(measure(thin, options));
  }
  return rows;
}

Json network_json(const NetworkRow& row) {
  Json layers = Json::array();
  const double all = row.layer_microseconds();
  for (const LayerProfile& layer : row.timing.layers)
    layers.push_back({{"name", layer.name},
                      {"kernel", layer.kernel},
                      {"parameters", layer.parameters},
                      {"nonzero", layer.nonzero},
                      {"macs", layer.macs},
                      {"microseconds", layer.microseconds},
                      {"share", layer.microseconds / all},
                      {"gflops_nonzero", gflops(layer)}});
  return {{"batch", row.batch},
          {"threads", row.timing.threads},
          {"sparsity", row.sparsity},
          {"runs", row.timing.runs},
          {"median_us", row.timing.median_us},
          {"p99_us", row.timing.p99_us},
          {"images_per_second", row.images_per_second()},
          {"gflops_nonzero", row.gflops()},
          {"plan", plan_json(row.timing.plan)},
          {"layers", std::move(layers)}};
}

std::string network_table(const std::vector<NetworkRow>& rows) {
  Table table("rrrrrrr");
  table.add({"batch", "threads", "zeros", "median µs", "99th %", "images/s", "GFLOP/s"});
  for (const NetworkRow& row : rows)
    table.add({std::to_string(row.batch), std::to_string(row.timing.threads), percent(row.sparsity),
               fmt::format("{:.1f}", row.timing.median_us),
               fmt::format("{:.1f}", row.timing.p99_us),
               count(static_cast<std::int64_t>(row.images_per_second())),
               fmt::format("{:.1f}", row.gflops())});
  return table.str();
}

std::string layer_table(const NetworkRow& row) {
  const double all = row.layer_microseconds();
  Table table("llrrrrr");
  table.add({"layer", "kernel", "MACs", "non-zero", "µs an image", "share", "GFLOP/s"});
  for (const LayerProfile& layer : row.timing.layers)
    table.add({shortened(layer.name), layer.kernel, layer.macs == 0 ? "" : count(layer.macs),
               layer.parameters == 0 ? "" : count(layer.nonzero),
               fmt::format("{:.2f}", layer.microseconds), percent(layer.microseconds / all),
               layer.macs == 0 ? "" : fmt::format("{:.1f}", gflops(layer))});
  return table.str();
}

std::string describe(const std::vector<NetworkRow>& rows, const BenchVerb& verb) {
  std::string text = fmt::format("{} on {}; microseconds a batch\n\n{}", printable_line(verb.model),
                                 machine_name(verb.threads), network_table(rows));
  for (const NetworkRow& row : rows)
    text += fmt::format("\nbatch {}, {} zeros: {}\nlayers, an image on one core\n{}", row.batch,
                        percent(row.sparsity), plan_line(row.timing.plan), layer_table(row));
  return text;
}

void report(const std::vector<NetworkRow>& rows, const BenchVerb& verb) {
  if (!verb.json) return print(describe(rows, verb));
  Json list = Json::array();
  for (const NetworkRow& row : rows) list.push_back(network_json(row));
  print_json({{"machine", machine_json(verb.threads)}, {"rows", std::move(list)}});
}

std::string plans_of(const std::vector<NetworkRow>& rows, const BenchVerb& verb) {
  std::vector<SavedPlan> plans;
  for (const NetworkRow& row : rows)
    plans.push_back({row.batch, row.timing.threads, row.timing.plan});
  return plans_to_json(read_any_compact_model(verb.model).graph, plans);
}

}  // namespace

ExitCode bench_network(const BenchVerb& verb) {
  if (verb.save_plan.out.empty()) {
    report(measure_all(verb), verb);
    return ExitCode::done;
  }
  const std::filesystem::path model = verb.model;
  require_no_input(verb.save_plan, {&model, 1});
  Console console;
  OutputFiles files = take_file(verb.save_plan, console.watcher());
  const std::vector<NetworkRow> rows = measure_all(verb);
  report(rows, verb);  // first: it may have taken long, and a disk may be full
  files.write(verb.save_plan.out, plans_of(rows, verb));
  return exit_code_of(false, files.in_place());
}

}  // namespace karnin::cli
