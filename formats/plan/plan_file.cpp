#include "formats/plan/plan_file.h"

#include <fmt/core.h>

#include <algorithm>
#include <vector>

#include "formats/io/atomic_file.h"
#include "formats/io/crc32c.h"
#include "formats/io/json_view.h"
#include "formats/io/printable.h"
#include "formats/model/architecture_json.h"
#include "runtime/core/cpu_isa.h"
#include "runtime/core/error.h"
#include "runtime/core/parallel.h"
#include "runtime/engine/engine.h"
#include "runtime/program/regions.h"

namespace karnin {
namespace {

constexpr std::int64_t kFormat = 1;

std::string network_sum(const Graph& graph) {
  const std::string text = architecture_to_json(graph);
  return fmt::format("{:08x}",
                     crc32c({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}));
}

std::string domains_json(const Domains& domains) {
  std::vector<std::string> names;
  for (const Domain domain : domains.listed()) names.push_back(json_string(to_string(domain)));
  return domains.everywhere() ? names.front() : json_array(names);
}

std::string kernels_json(const std::vector<FcChoice>& kernels) {
  std::vector<std::string> pairs;
  for (const FcChoice& choice : kernels)
    pairs.push_back(json_array({json_string(choice.layer), json_string(to_string(choice.kernel))}));
  return json_array(pairs);
}

std::string plan_json(const SavedPlan& saved) {
  return fmt::format(
      R"({{"batch":{},"threads":{},"shard":{},"sharers":{},"domains":{},"kernels":{}}})",
      saved.batch, saved.threads, saved.plan.images, saved.plan.sharers,
      domains_json(saved.plan.domain), kernels_json(saved.plan.kernels));
}

/// What `parse` makes of the text, whose ArgumentError becomes one of the file.
template <typename Parse>
auto named(const JsonView& view, const Parse& parse) {
  try {
    return parse(view.text());
  } catch (const ArgumentError& error) {
    view.fail(error.what());
  }
}

Domain domain_of(const JsonView& view) { return named(view, domain_from_string); }

Domains domains_of(const JsonView& view) {
  if (view.is_text()) return {domain_of(view)};
  std::vector<Domain> domains;
  for (const JsonView& element : view.elements()) domains.push_back(domain_of(element));
  if (domains.empty()) view.fail("expected a domain for each region, got none");
  return Domains(std::move(domains));
}

std::vector<FcChoice> kernels_of(const JsonView& view) {
  std::vector<FcChoice> kernels;
  for (const JsonView& pair : view.elements()) {
    if (!pair.is_array_of(2)) pair.fail("expected the names of a layer and its kernel");
    const std::vector<JsonView> names = pair.elements();
    kernels.push_back({names[0].text(), named(names[1], fc_kernel_from_string), {}});
  }
  return kernels;
}

/// What a plan of the network names: its fully connected layers, and its regions by their number.
struct Parts {
  explicit Parts(const Graph& graph) {
    for (const Node& node : graph.nodes)
      if (is<FullyConnected>(node.op)) layers.push_back(node.name);
    regions =
        regions_of(make_draft(graph, {.purpose = Purpose::inference, .fc_kernel = {}})).size();
  }

  std::vector<std::string> layers;
  std::size_t regions = 0;
};

void require_fit(const Plan& plan, const Parts& network, const JsonView& view) {
  if (!std::ranges::equal(plan.kernels, network.layers, {}, &FcChoice::layer))
    view["kernels"].fail(fmt::format("expected one for each of {} fully connected layers, by name",
                                     network.layers.size()));
  if (!plan.domain.everywhere() && plan.domain.listed().size() != network.regions)
    view["domains"].fail(fmt::format("expected one for each of {} regions, got {}", network.regions,
                                     plan.domain.listed().size()));
}

SavedPlan plan_of(const JsonView& view) {
  view.require_keys({"batch", "threads", "shard", "sharers", "domains", "kernels"});
  SavedPlan saved;
  saved.batch = view["batch"].integer(1, kMaxBatch);
  saved.threads = static_cast<int>(view["threads"].integer(1, kMaxThreads));
  saved.plan.images = view["shard"].integer(1, saved.batch);
  saved.plan.sharers = static_cast<int>(view["sharers"].integer(1, kMaxThreads));
  saved.plan.domain = domains_of(view["domains"]);
  saved.plan.kernels = kernels_of(view["kernels"]);
  return saved;
}

void require_text(const JsonView& view, std::string_view expected, std::string_view what) {
  if (const std::string got = view.text(); got != expected)
    view.fail(fmt::format("expected {} {}, got {}", what, expected, printable_line(got)));
}

std::string listed(const std::vector<SavedPlan>& plans) {
  std::string list;
  for (const SavedPlan& saved : plans)
    list += fmt::format("{}batch {} on {}", list.empty() ? "" : ", ", saved.batch, saved.threads);
  return list.empty() ? "none" : list;
}

}  // namespace

std::string plans_to_json(const Graph& graph, std::span<const SavedPlan> plans) {
  std::vector<std::string> list;
  for (const SavedPlan& saved : plans) list.push_back("\n  " + plan_json(saved));
  return fmt::format("{{\"karnin_plan\":{},\"network\":\"{}\",\"isa\":\"{}\",\"plans\":{}}}\n",
                     kFormat, network_sum(graph), to_string(active_isa()), json_array(list));
}

std::vector<SavedPlan> plans_from_json(std::string_view json, const std::string& where,
                                       const Graph& graph) {
  const Json value = parse_json(json, where);
  const JsonView view(value, where);
  view.require_keys({"karnin_plan", "network", "isa", "plans"});
  view["karnin_plan"].integer(kFormat, kFormat);
  require_text(view["network"], network_sum(graph), "plans of the network");
  require_text(view["isa"], to_string(active_isa()), "plans for");
  const Parts network(graph);
  std::vector<SavedPlan> plans;
  for (const JsonView& element : view["plans"].elements()) {
    plans.push_back(plan_of(element));
    const auto is_same = [&](const SavedPlan& other) {
      return other.batch == plans.back().batch && other.threads == plans.back().threads;
    };
    if (std::ranges::count_if(plans, is_same) > 1)
      element.fail("expected one plan for a batch and threads, got a second one");
    require_fit(plans.back().plan, network, element);
  }
  return plans;
}

PlanFile::PlanFile(const std::filesystem::path& path, const Graph& graph) : where_(path.string()) {
  const std::vector<std::uint8_t> bytes = read_file(path, kMaxJsonBytes);
  plans_ =
      plans_from_json({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, where_, graph);
}

const Plan& PlanFile::find(std::int64_t batch, int threads) const {
  const auto fits = [&](const SavedPlan& saved) {
    return saved.batch == batch && saved.threads == threads;
  };
  if (const auto found = std::ranges::find_if(plans_, fits); found != plans_.end())
    return found->plan;
  throw ArgumentError(fmt::format("{}: expected a plan for batch {} on {} threads, got {}",
                                  printable_line(where_), batch, threads, listed(plans_)));
}

}  // namespace karnin
