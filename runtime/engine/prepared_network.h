// What an engine decides and fills once: it never changes, and all copies of the engine share it.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "runtime/engine/crew.h"
#include "runtime/engine/engine.h"

namespace karnin {

class PreparedNetwork {
 public:
  /// Plans for the crew. Throws what Engine does.
  PreparedNetwork(const NetworkView& network, const EngineOptions& options, Crew& crew);

  int threads() const { return threads_; }              ///< as asked for
  std::int64_t images() const { return plan_.images; }  ///< of one shard
  const Extent& image() const { return image_; }
  const Plan& plan() const { return plan_; }
  const Program& program() const { return *program_; }
  const Graph& graph() const { return graph_; }

  /// Of a step of the program, by its index; nobody timed it yet.
  LayerProfile profile_of(std::size_t index) const;

 private:
  ParameterCount count_of(const Step& step) const;
  std::int64_t macs_of(const Step& step) const;
  std::int64_t kept_of(std::int64_t macs, const Step& step) const;

  int threads_;
  Plan plan_;
  std::unique_ptr<const Program> program_;
  Extent image_;
  Graph graph_;
  std::vector<ParameterCount> counts_;  // by parameter
};

}  // namespace karnin
