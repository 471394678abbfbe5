// A model as the sections that model files and checkpoints share. Normative: FORMAT.md, "Sections".
#pragma once

#include <vector>

#include "formats/section_queue.h"
#include "runtime/core/model.h"

namespace karnin {

/// Throws as encode_model() does (model_file.h).
std::vector<Section> model_sections(const Model& model);

/// Takes all sections of a model, and leaves those behind them. Throws FileError, and another Error
/// for sound bytes that say something unsound.
Model take_model(SectionQueue& sections, const std::string& path);

}  // namespace karnin
