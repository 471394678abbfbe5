// Plans that were kept: what races decided, to be run again without one.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/engine/plan.h"
#include "runtime/graph/graph.h"

namespace karnin {

struct SavedPlan {
  std::int64_t batch = 1;  ///< images of a run
  int threads = 1;
  Plan plan;
};

/// JSON (docs/GUIDE.md tells its fields) that names the network, by a check sum of its layers, and
/// the instruction set in use. Timings are left out: equal decisions give equal texts.
std::string plans_to_json(const Graph& graph, std::span<const SavedPlan> plans);

/// The inverse. `where` names the source in messages. Throws FileError for bad JSON or unknown
/// names, and for plans that are not of this network or for this instruction set.
std::vector<SavedPlan> plans_from_json(std::string_view json, const std::string& where,
                                       const Graph& graph);

/// A file of them. Throws FileError as above.
class PlanFile {
 public:
  PlanFile(const std::filesystem::path& path, const Graph& graph);
  /// Throws ArgumentError, listing what there is, if there is none for so many images and threads.
  const Plan& find(std::int64_t batch, int threads) const;

 private:
  std::string where_;
  std::vector<SavedPlan> plans_;
};

}  // namespace karnin
