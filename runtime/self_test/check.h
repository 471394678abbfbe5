// How kernels are compared that lay out the same numbers in different ways.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "runtime/kernels/kernels.h"
#include "runtime/self_test/operands.h"

namespace karnin::self_test {

/// What a kernel gave over all shapes, in an order that the instruction set doesn't change.
class Results {
 public:
  void add(float value) { values_.push_back(value); }
  void add(std::span<const float> values) {
    values_.insert(values_.end(), values.begin(), values.end());
  }
  void add(const Output& output) {
    add(output.span());
    note_overrun(output);
  }
  void note_overrun(const Output& output) { overrun_ = overrun_ || !output.intact(); }

  const Values& values() const { return values_; }
  bool overrun() const { return overrun_; }

 private:
  Values values_;
  bool overrun_ = false;
};

struct Check {
  std::string_view kernel;
  void (*run)(const kernels::Table&, Results&);
  float tolerance = 0;
};

/// Those of the entries of Table, in its order: all of these functions, one after the other.
std::vector<Check> fc_checks();
std::vector<Check> conv_checks();
std::vector<Check> pool_checks();
std::vector<Check> planes_checks();
std::vector<Check> fc_lanes_checks();
std::vector<Check> training_checks();

}  // namespace karnin::self_test
