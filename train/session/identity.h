// Which run it is: what a run that is resumed must have in common with the one that it goes on
// with.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "formats/data/dataset.h"
#include "train/session/watcher.h"

namespace karnin {

/// What decides the bits of a run besides its options: the images that it learns from, by name and
/// by hash, and the program and the instruction set that compute.
nlohmann::ordered_json run_identity(const Dataset& dataset);

/// Of all pixels, then labels. The networks that `reproduce` keeps carry one of labels, then pixels
/// (train/experiments/network_store.cpp): either order is in files that have to stay as they are.
std::string images_sha256(const ImageSet& images);

/// As it is saved. Names of files need not be UTF-8: what JSON can't hold of one is replaced.
std::string text_of(const nlohmann::ordered_json& json);

/// Every value in which `run`, the identity that was saved, is not `identity`; empty if it is the
/// same. How a file is spelled makes no difference where its digest is the same. Nor does another
/// version or instruction set, which is told: a run can go on with it, but its last bits may be
/// others.
std::string differences(const std::string& run, const nlohmann::ordered_json& identity,
                        const Watcher& watcher);

/// What --resume may be told to do instead.
inline constexpr const char* kWaysOut =
    "expected another --out, or --overwrite in place of --resume";

/// Throws ArgumentError, naming all differences and the ways out, if there are any.
void require_same_run(const std::string& run, const nlohmann::ordered_json& identity,
                      const Watcher& watcher);

}  // namespace karnin
