// A model as the sections that model files and checkpoints share. Normative: FORMAT.md, "Sections".
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "formats/model/section_queue.h"
#include "runtime/graph/compact_model.h"

namespace karnin {

/// What the file of a network has to say of it: Features::graph or none.
Features features_of(const Graph& graph);

/// All sections of a model, in order. Throws as encode_model() does (model_file.h).
void each_section(const Model& model, const std::function<void(Section)>& take);
std::vector<Section> model_sections(const Model& model);

/// Takes all sections of a model, and leaves those behind them. Throws FileError, and another Error
/// for sound bytes that say something unsound.
Model take_model(SectionQueue& sections, const std::string& path);

/// The same, one parameter after the other: holds none of them, nor the sensitivities, which are
/// checked like all else.
ModelDescription stream_model(SectionQueue& sections, const std::string& path,
                              const std::function<void(CompactParameter)>& take);

}  // namespace karnin
