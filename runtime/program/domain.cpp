#include "runtime/program/domain.h"

#include "runtime/core/error.h"
#include "runtime/core/named_enum.h"
#include "runtime/layers/reorder_lanes.h"

namespace karnin {
namespace {

constexpr EnumNames<Domain, 5> kDomains{{{Domain::onednn, "onednn"},
                                         {Domain::nhwc, "nhwc"},
                                         {Domain::lanes, "lanes"},
                                         {Domain::planes, "planes"},
                                         {Domain::sparse_planes, "sparse_planes"}}};

}  // namespace

std::string_view to_string(Domain domain) { return name_of(kDomains, domain); }

void Domains::check(std::size_t regions) const {
  if (!everywhere_ && domains_.size() != regions)
    throw ArgumentError("domains: expected one for each of " + std::to_string(regions) +
                        " regions, got " + std::to_string(domains_.size()));
}

double lane_use(std::int64_t images) {
  const Blob blob{images, {1, 1, 1}, lanes_layout()};
  return static_cast<double>(images) / static_cast<double>(blob.floats());
}

Domain domain_rule(std::int64_t images) {
  return lane_use(images) >= 0.6 ? Domain::lanes : Domain::planes;
}

}  // namespace karnin
