#include "runtime/program/domain.h"

#include "runtime/core/named_enum.h"
#include "runtime/layers/reorder_lanes.h"

namespace karnin {
namespace {

constexpr EnumNames<Domain, 3> kDomains{
    {{Domain::onednn, "onednn"}, {Domain::lanes, "lanes"}, {Domain::planes, "planes"}}};

}  // namespace

std::string_view to_string(Domain domain) { return name_of(kDomains, domain); }

double lane_use(std::int64_t images) {
  const Blob blob{images, {1, 1, 1}, lanes_layout()};
  return static_cast<double>(images) / static_cast<double>(blob.floats());
}

Domain domain_rule(std::int64_t images) {
  return lane_use(images) >= 0.6 ? Domain::lanes : Domain::planes;
}

}  // namespace karnin
