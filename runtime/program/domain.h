// What the lanes of a vector hold while a step runs.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace karnin {

/// onednn: channels, as in oneDNN's blocked layouts; threads can share those of an image, and small
/// kernels run by Winograd where oneDNN has it. nhwc: all channels of a pixel, by oneDNN too; no
/// channel is padded, and threads can share the rows of an image. sparse_planes: positions of a
/// plane, by our own kernel, which knows the kept weights alone. lanes: images, the fastest if
/// there are enough of them. planes: neighbouring positions of a plane, the fastest for few images;
/// only convolutions with a max pool behind them work so, and oneDNN runs the others.
enum class Domain { onednn, nhwc, lanes, planes, sparse_planes };
inline constexpr std::array kAllDomains{Domain::onednn, Domain::nhwc, Domain::lanes, Domain::planes,
                                        Domain::sparse_planes};
std::string_view to_string(Domain domain);  ///< "onednn", ..., "sparse_planes"
/// Throws ArgumentError that lists them.
Domain domain_from_string(std::string_view name);

/// One domain for the whole network, or one for each of its regions (regions.h).
class Domains {
 public:
  // NOLINTNEXTLINE(google-explicit-constructor): one is what most callers have
  Domains(Domain everywhere) : domains_{everywhere}, everywhere_(true) {}
  explicit Domains(std::vector<Domain> by_region) : domains_(std::move(by_region)) {}

  /// Throws ArgumentError unless there is one for each of so many regions.
  void check(std::size_t regions) const;
  Domain of(std::size_t region) const { return everywhere_ ? domains_.front() : domains_[region]; }
  bool everywhere() const { return everywhere_; }
  /// The one, or those of the regions.
  const std::vector<Domain>& listed() const { return domains_; }
  bool operator==(const Domains&) const = default;

 private:
  std::vector<Domain> domains_;
  bool everywhere_ = false;
};

/// "lanes"; "2 planes, 3 onednn" where regions differ
std::string to_string(const Domains& domains);

/// Images that fill the lanes of a vector.
std::int64_t full_lanes();

/// The share of vector lanes that hold an image if a shard of that many runs as lanes.
double lane_use(std::int64_t images);

/// The domain for shards of that many images where no clock may decide: lanes if at least three in
/// five lanes hold an image; otherwise planes: idle lanes cost more than the others gain.
Domain domain_rule(std::int64_t images);

}  // namespace karnin
