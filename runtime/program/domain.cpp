#include "runtime/program/domain.h"

#include <algorithm>

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

Domain domain_from_string(std::string_view name) { return value_of(kDomains, "domain", name); }

std::string to_string(const Domains& domains) {
  const std::vector<Domain>& all = domains.listed();
  if (domains.everywhere()) return std::string(to_string(all.front()));
  std::string text;
  for (auto run = all.begin(); run != all.end();) {
    const auto end = std::find_if(run, all.end(), [run](Domain domain) { return domain != *run; });
    text += (text.empty() ? "" : ", ") + std::to_string(end - run) + ' ';
    text += to_string(*run);
    run = end;
  }
  return text;
}

void Domains::check(std::size_t regions) const {
  if (!everywhere_ && domains_.size() != regions)
    throw ArgumentError("domains: expected one for each of " + std::to_string(regions) +
                        " regions, got " + std::to_string(domains_.size()));
}

std::int64_t full_lanes() { return Blob{1, {1, 1, 1}, lanes_layout()}.floats(); }

double lane_use(std::int64_t images) {
  const Blob blob{images, {1, 1, 1}, lanes_layout()};
  return static_cast<double>(images) / static_cast<double>(blob.floats());
}

Domain domain_rule(std::int64_t images) {
  return lane_use(images) >= 0.6 ? Domain::lanes : Domain::planes;
}

}  // namespace karnin
