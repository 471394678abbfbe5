// Programs over small networks, for tests of all that they do.
#pragma once

#include <string>
#include <vector>

#include "runtime/program/program.h"
#include "tests/support/one_worker.h"

namespace karnin::test {

inline Graph net(const Extent& input, const std::vector<Op>& ops) {
  Graph graph = make_graph("net", input);
  for (std::size_t i = 0; i < ops.size(); ++i) append(graph, "layer" + std::to_string(i), ops[i]);
  return graph;
}

/// With parameters and pixels that are small integers.
struct ProgramFixture : OneWorker {
  ProgramFixture(const Graph& graph, const ProgramOptions& options)
      : OneWorker(graph, options, small_parameters(graph)),
        input(integers(options.images * input_extent(graph).size(), 1)) {}

  std::vector<float> forward(const ShardId& shard = {}) { return OneWorker::forward(input, shard); }

  std::vector<float> input;
};

inline constexpr auto kDomains = kAllDomains;

inline ProgramOptions training(std::int64_t images, Domain domain = Domain::onednn) {
  return {.images = images, .purpose = Purpose::training, .domain = domain, .fc_kernel = {}};
}
inline ProgramOptions inference(std::int64_t images, FcKernel kernel,
                                Domain domain = Domain::onednn) {
  return {.images = images,
          .purpose = Purpose::inference,
          .domain = domain,
          .fc_kernel = [=](const std::string&) { return kernel; }};
}

}  // namespace karnin::test
