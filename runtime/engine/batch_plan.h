// How a batch is cut into shards, and what runs them.
#pragma once

#include "runtime/engine/crew.h"
#include "runtime/engine/engine.h"
#include "runtime/engine/plan.h"

namespace karnin {

/// The plan in `options`, or else one for shards as shard_images() cuts them. Where all that is
/// free to be raced, shards of a vector of images, and single images, whose values stay nearer to
/// the core, race with them, and win if they take a batch through in 5 % less. Throws
/// ShapeError for an unsound network, ArgumentError for a batch out of range, and for a plan that
/// is not for it, the network and the crew.
Plan plan_batch(const NetworkView& network, const EngineOptions& options, Crew& crew);

}  // namespace karnin
