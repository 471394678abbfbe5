// --data, and what files of own data don't say of themselves.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "formats/data/data_form.h"
#include "runtime/graph/graph.h"

namespace karnin::cli {

struct DataOptions {
  std::string data;
  DataForm form;
};

/// --size and --layout.
void add_form_options(CLI::App& verb, DataForm& form);

/// --data too; `help` says what it is for.
void add_data_options(CLI::App& verb, DataOptions& options, const std::string& help);

/// What was left open, as this network takes it.
DataForm form_for(const Graph& graph, DataForm form);

/// How the values of a pixel lie in vectors that are made of images, or the other way.
ArrayOrder flat_order(const Graph& graph);

}  // namespace karnin::cli
