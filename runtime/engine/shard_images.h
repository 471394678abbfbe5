// How many images a shard holds.
#pragma once

#include <cstdint>

#include "runtime/graph/compact_model.h"

namespace karnin {

/// Images of one shard for such a network and batch (at least 1). Where another number of threads
/// must not change a bit of a logit, it must follow from them alone, because oneDNN plans for it;
/// otherwise one thread gets whole batches, which fill more lanes than halves of them.
std::int64_t shard_images(const NetworkView& network, std::int64_t batch, int threads = 2);

}  // namespace karnin
