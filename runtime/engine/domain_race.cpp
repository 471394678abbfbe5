#include "runtime/engine/domain_race.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <optional>
#include <utility>

#include "runtime/engine/change_times.h"
#include "runtime/engine/domain_path.h"
#include "runtime/engine/program_race.h"
#include "runtime/engine/region_times.h"
#include "runtime/program/regions.h"

namespace karnin {
namespace {

/// By more than the noise of a race.
bool is_ahead(double microseconds, double of) {
  constexpr double kMargin = 0.05;
  return microseconds < (1 - kMargin) * of;
}

double sum(const std::vector<double>& times) {
  return std::accumulate(times.begin(), times.end(), 0.0);
}

/// By region, where a plan of one domain really runs.
std::vector<Domain> path_of(const Plan& plan, const Graph& graph) {
  return domains_of(make_draft(graph, {.images = plan.images,
                                       .purpose = Purpose::inference,
                                       .domain = plan.domain,
                                       .fc_kernel = {}}));
}

class DomainRace {
 public:
  DomainRace(const NetworkView& network, std::vector<Plan> candidates)
      : network_(network), plans_(std::move(candidates)) {
    for (const Plan& plan : plans_) {
      programs_.push_back(build_program(network, plan));
      paths_.push_back(path_of(plan, network.description.graph));
    }
    const std::vector<std::vector<double>> steps = race_programs(programs_);
    for (std::size_t i = 0; i < plans_.size(); ++i) {
      timings_.push_back({plans_[i].domain, sum(steps[i]), plans_[i].images});
      times_of_.push_back(region_times(programs_[i]->steps(), steps[i]));
    }
  }

  Plan winner() && {
    const auto best = std::ranges::min_element(timings_, {}, &Plan::Timing::microseconds);
    const auto fastest = static_cast<std::size_t>(best - timings_.begin());
    const std::optional<Plan> mix = promising_mix();
    Plan plan = mix && beats(*mix, fastest) ? *mix : plans_[fastest];
    plan.timings = timings_;
    return plan;
  }

 private:
  std::size_t regions() const { return paths_.front().size(); }

  /// Without the changes that no plan has made.
  DomainTimes known_times() const {
    DomainTimes times(regions());
    for (std::size_t i = 0; i < plans_.size(); ++i)
      for (std::size_t region = 0; region < regions(); ++region) {
        const Domain domain = paths_[i][region];
        times.add_region(region, domain, times_of_[i].inside[region]);
        if (region > 0)
          times.add_border(region - 1, paths_[i][region - 1], domain,
                           times_of_[i].entering[region]);
      }
    return times;
  }

  std::optional<Plan> promising_mix() const {
    DomainTimes times = known_times();
    double least = std::numeric_limits<double>::infinity();
    for (const std::vector<Domain>& path : paths_) least = std::min(least, time_along(times, path));
    // Changes are timed only where it would pay to make them if they took no time.
    if (!is_ahead(least_of_regions(times), least)) return std::nullopt;
    std::vector<Domain> domains;
    for (const Plan& plan : plans_) domains.push_back(plan.domain.of(0));
    add_change_times(times, network_.description.graph, plans_.front().images, domains);
    const std::vector<Domain> path = cheapest_path(times);
    if (!is_ahead(time_along(times, path), least)) return std::nullopt;
    return mix_along(path);
  }

  static double least_of_regions(const DomainTimes& times) {
    double sum = 0;
    for (std::size_t region = 0; region < times.regions(); ++region) {
      const auto time = [&](Domain domain) { return times.region(region, domain); };
      sum += time(std::ranges::min(kAllDomains, {}, time));
    }
    return sum;
  }

  /// Each layer with its kernel of a plan that runs its region in the same domain.
  Plan mix_along(const std::vector<Domain>& path) const {
    Plan mix = plans_.front();
    mix.domain = Domains(path);
    for (std::size_t k = 0; k < mix.kernels.size(); ++k) {
      const std::string& name = mix.kernels[k].layer;
      const auto is_its = [&](const Step& step) {
        return step.node != kNoNode && step.layer->name() == name;
      };
      const auto step = std::ranges::find_if(programs_.front()->steps(), is_its);
      std::size_t plan = 0;
      while (paths_[plan][step->region] != path[step->region]) ++plan;
      mix.kernels[k] = plans_[plan].kernels[k];
    }
    return mix;
  }

  bool beats(const Plan& mix, std::size_t fastest) {
    std::vector<std::unique_ptr<Program>> finalists;
    finalists.push_back(build_program(network_, mix));
    finalists.push_back(std::move(programs_[fastest]));
    programs_.clear();  // each holds the weights once more
    const std::vector<std::vector<double>> times = race_programs(finalists);
    timings_.push_back({mix.domain, sum(times[0]), mix.images});
    return is_ahead(sum(times[0]), sum(times[1]));
  }

  const NetworkView& network_;
  std::vector<Plan> plans_;
  std::vector<std::unique_ptr<Program>> programs_;  // of the plans, as what follows
  std::vector<std::vector<Domain>> paths_;
  std::vector<RegionTimes> times_of_;
  std::vector<Plan::Timing> timings_;
};

}  // namespace

Plan race_domains(const NetworkView& network, std::vector<Plan> candidates) {
  return DomainRace(network, std::move(candidates)).winner();
}

}  // namespace karnin
