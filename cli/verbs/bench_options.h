// What `bench` is asked for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "cli/options/verb.h"
#include "runtime/layers/fc_kernel.h"
#include "train/session/results.h"

namespace karnin::cli {

struct BenchVerb : VerbOptions {
  std::string shapes = "400x120,1024x1024";
  std::string sparsities;  ///< empty: several of single layers, and of a network what it has
  std::string batches = "1,16,64";
  std::string model;
  bool fc_layers = false;
  std::optional<FcKernel> kernel;
  double seconds = 0.5;
  bool cold = false;
  std::string plan;                                   ///< a file with plans, to run by
  ResultOptions save_plan{{}, false, "--save-plan"};  ///< where plans go; empty: nowhere
};

}  // namespace karnin::cli
