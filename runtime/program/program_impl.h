// What a program and its workers share.
#pragma once

#include "runtime/program/buffers.h"
#include "runtime/program/lowering.h"
#include "runtime/program/program.h"

namespace karnin {

struct Program::Impl {
  Impl(const Graph& graph, const ProgramOptions& options)
      : purpose(options.purpose),
        images(options.images),
        outputs(outputs_of(graph)),
        lowered(lower(graph, options)),
        buffers(plan_buffers(lowered)) {}

  Purpose purpose;
  std::int64_t images;
  std::vector<Output> outputs;
  Lowered lowered;
  BufferPlan buffers;
};

/// The tensors of a step; `tensors` are those of all the network.
template <typename Float>
ByRole<std::span<Float>> tensors_of(const Step& step, std::span<Float* const> tensors) {
  ByRole<std::span<Float>> own;
  for (const Role role : kRoles)
    if (const auto [parameter, floats] = step.parameters[role]; floats > 0)
      own[role] = {tensors[parameter], floats};
  return own;
}

}  // namespace karnin
