#include "runtime/engine/domain_path.h"

#include <algorithm>
#include <cassert>
#include <limits>
#include <utility>

namespace karnin {
namespace {

std::size_t index_of(Domain domain) { return static_cast<std::size_t>(domain); }

struct Path {
  std::vector<Domain> domains;  // of the first regions
  double time = 0;
};

/// `path` and then `domain` in the next region.
Path extended(Path path, const DomainTimes& times, Domain domain) {
  const std::size_t region = path.domains.size();
  if (region > 0) path.time += times.border(region - 1, path.domains.back(), domain);
  path.time += times.region(region, domain);
  path.domains.push_back(domain);
  return path;
}

Path cheapest_of(const std::vector<Path>& paths) {
  return *std::ranges::min_element(paths, {}, &Path::time);
}

}  // namespace

DomainTimes::DomainTimes(std::size_t regions) : regions_(regions), borders_(regions - 1) {
  assert(regions > 0);
  ByDomain unknown;
  unknown.fill(std::numeric_limits<double>::infinity());
  std::ranges::fill(regions_, unknown);
  for (auto& border : borders_) border.fill(unknown);
}

double DomainTimes::region(std::size_t region, Domain domain) const {
  return regions_[region][index_of(domain)];
}

double DomainTimes::border(std::size_t border, Domain from, Domain to) const {
  return borders_[border][index_of(from)][index_of(to)];
}

void DomainTimes::add_region(std::size_t region, Domain domain, double time) {
  double& least = regions_[region][index_of(domain)];
  least = std::min(least, time);
}

void DomainTimes::add_border(std::size_t border, Domain from, Domain to, double time) {
  double& least = borders_[border][index_of(from)][index_of(to)];
  least = std::min(least, time);
}

double time_along(const DomainTimes& times, const std::vector<Domain>& path) {
  Path walked;
  for (const Domain domain : path) walked = extended(std::move(walked), times, domain);
  return walked.time;
}

std::vector<Domain> cheapest_path(const DomainTimes& times) {
  std::vector<Path> best{{}};  // of those that end in each domain
  while (best.front().domains.size() < times.regions()) {
    std::vector<Path> longer;
    for (const Domain domain : kAllDomains) {
      std::vector<Path> ways;
      for (const Path& path : best) ways.push_back(extended(path, times, domain));
      longer.push_back(cheapest_of(ways));
    }
    best = std::move(longer);
  }
  return cheapest_of(best).domains;
}

}  // namespace karnin
