// The cheapest way of a network through its regions, each in one of several domains.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "runtime/program/domain.h"

namespace karnin {

/// What regions take, and what it takes to get from one to the next: microseconds, or any other
/// price that is at least 0. Infinite where nobody knows one.
class DomainTimes {
 public:
  explicit DomainTimes(std::size_t regions);

  std::size_t regions() const { return regions_.size(); }
  double region(std::size_t region, Domain domain) const;
  /// Between a region and the next one. It may take something even where the domain stays.
  double border(std::size_t border, Domain from, Domain to) const;
  /// The least of all that were added counts.
  void add_region(std::size_t region, Domain domain, double time);
  void add_border(std::size_t border, Domain from, Domain to, double time);

 private:
  using ByDomain = std::array<double, kAllDomains.size()>;
  std::vector<ByDomain> regions_;
  std::vector<std::array<ByDomain, kAllDomains.size()>> borders_;
};

/// What it takes with these domains, one a region.
double time_along(const DomainTimes& times, const std::vector<Domain>& path);

/// A domain for each region, so that it takes least; found by dynamic programming.
std::vector<Domain> cheapest_path(const DomainTimes& times);

}  // namespace karnin
