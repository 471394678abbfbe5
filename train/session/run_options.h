// What one run of training is asked for.
#pragma once

#include <filesystem>
#include <string>

#include "train/loop/trainer.h"
#include "train/session/results.h"
#include "train/session/training_session.h"

namespace karnin {

struct RunOptions : ResultOptions {
  std::string arch;     ///< name or file of an architecture
  std::string model;    ///< file to go on from; empty: fresh weights of `arch`
  std::string teacher;  ///< file of `train.teacher`, if that has one
  TrainOptions train;
  WeightRules rules;
  WatchOptions watch;

  std::filesystem::path checkpoint_file() const { return out / "checkpoint.bin"; }
};

}  // namespace karnin
