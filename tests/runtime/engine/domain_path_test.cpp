#include "runtime/engine/domain_path.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <limits>

#include "runtime/core/counter_rng.h"
#include "tests/support/isa_level.h"

namespace karnin {
namespace {

using Path = std::vector<Domain>;

double sum_along(const DomainTimes& times, const Path& path) {
  double sum = 0;
  for (std::size_t region = 0; region < path.size(); ++region) {
    sum += times.region(region, path[region]);
    if (region > 0) sum += times.border(region - 1, path[region - 1], path[region]);
  }
  return sum;
}

/// Of every path there is.
double least_by_force(const DomainTimes& times, Path path = {}) {
  if (path.size() == times.regions()) return sum_along(times, path);
  double least = std::numeric_limits<double>::infinity();
  for (const Domain domain : kAllDomains) {
    path.push_back(domain);
    least = std::min(least, least_by_force(times, path));
    path.pop_back();
  }
  return least;
}

/// Small integers, so that sums are exact and ties occur; one in four is unknown.
DomainTimes random_times(CounterRng& rng, std::size_t regions) {
  DomainTimes times(regions);
  const auto known = [&] { return rng.below(4) > 0; };
  const auto price = [&] { return static_cast<double>(rng.below(9)); };
  for (std::size_t region = 0; region < regions; ++region) {
    times.add_region(region, Domain::lanes, price());
    for (const Domain from : kAllDomains) {
      if (known()) times.add_region(region, from, price());
      for (const Domain to : kAllDomains)
        if (region > 0 && (from == to || known())) times.add_border(region - 1, from, to, price());
    }
  }
  return times;
}

TEST(DomainPath, IsTheCheapestOfAll) {
  CounterRng rng(7);
  for (int round = 0; round < 300; ++round) {
    const DomainTimes times = random_times(rng, 1 + rng.below(6));
    const Path path = cheapest_path(times);
    ASSERT_EQ(path.size(), times.regions());
    EXPECT_EQ(time_along(times, path), sum_along(times, path));
    EXPECT_EQ(time_along(times, path), least_by_force(times));
  }
}

TEST(DomainPath, ChangesWhereThatCostsLessThanItGains) {
  using enum Domain;
  DomainTimes times(2);
  const auto add = [&](Domain domain, double first, double second, double change) {
    times.add_region(0, domain, first);
    times.add_region(1, domain, second);
    times.add_border(0, domain, domain, 0);
    times.add_border(0, domain, domain == lanes ? onednn : lanes, change);
  };
  add(lanes, 4, 9, 7);
  add(onednn, 10, 1, 7);
  EXPECT_EQ(cheapest_path(times), (Path{onednn, onednn}));
  times.add_border(0, lanes, onednn, 5);
  EXPECT_EQ(cheapest_path(times), (Path{lanes, onednn}));
}

}  // namespace
}  // namespace karnin
