// What the program can be asked for. Each verb is one file with one function declared here.
#pragma once

#include <CLI/CLI.hpp>

#include "cli/options/verb.h"

namespace karnin::cli {

void add_train(CLI::App& app, Action& action);
void add_prune(CLI::App& app, Action& action);
void add_eval(CLI::App& app, Action& action);
void add_predict(CLI::App& app, Action& action);
void add_reproduce(CLI::App& app, Action& action);
void add_sweep(CLI::App& app, Action& action);
void add_bench(CLI::App& app, Action& action);
void add_import(CLI::App& app, Action& action);
void add_export(CLI::App& app, Action& action);
void add_inspect(CLI::App& app, Action& action);
void add_verify(CLI::App& app, Action& action);
void add_doctor(CLI::App& app, Action& action);
void add_data(CLI::App& app, Action& action);

}  // namespace karnin::cli
