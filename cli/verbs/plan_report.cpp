#include "cli/verbs/plan_report.h"

#include <fmt/core.h>

#include <nlohmann/json.hpp>

namespace karnin::cli {
namespace {

using Json = nlohmann::ordered_json;

}  // namespace

Json plan_json(const Plan& plan) {
  Json timings = Json::array();
  for (const Plan::Timing& timing : plan.timings)
    timings.push_back({{"domains", to_string(timing.domain)},
                       {"shard", timing.images},
                       {"microseconds", timing.microseconds}});
  return {
      {"domains", to_string(plan.domain)}, {"shard", plan.images}, {"timings", std::move(timings)}};
}

std::string plan_line(const Plan& plan) {
  std::string line = fmt::format("runs in {} x{}", to_string(plan.domain), plan.images);
  for (const Plan::Timing& timing : plan.timings)
    line += fmt::format("{}{} x{} {:.1f}",
                        &timing == plan.timings.data() ? "; raced, µs an image: " : "; ",
                        to_string(timing.domain), timing.images,
                        timing.microseconds / static_cast<double>(timing.images));
  return line;
}

}  // namespace karnin::cli
