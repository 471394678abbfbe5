// Which layer computes a step in its domain.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "runtime/layers/layer.h"
#include "runtime/program/draft.h"
#include "runtime/program/options.h"

namespace karnin {

/// A step, and what it is offered.
struct LayerRequest {
  const DraftStep& step;
  const ProgramOptions& options;
  Blob src;                  ///< the first one, as it is offered
  std::vector<Extent> srcs;  ///< of all that it reads
  Extent dst;
  bool diff_src = false;  ///< in training: somebody above wants a gradient
};

/// Whether an op has a layer of this domain; what has none runs in onednn, where all have one.
bool has_layer(const Op& op, Domain domain, const Extent& src, const Extent& dst, Purpose purpose);

/// The layout without which there is no layer for a step; nothing where it takes what it is offered
/// or tells by its layer's src().
std::optional<Layout> wanted_layout(const DraftStep& step, Purpose purpose, Layout offered);

/// Its src().layout may differ from the one that it was offered: whatever comes before has to
/// deliver that, to all its inputs.
std::unique_ptr<Layer> make_layer(const LayerRequest& request);

}  // namespace karnin
