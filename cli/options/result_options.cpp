#include "cli/options/result_options.h"

namespace karnin::cli {

void add_result_options(CLI::App& verb, ResultOptions& options,
                        const std::filesystem::path& initial_out, const std::string& help) {
  options.out = initial_out;
  verb.add_option("--out", options.out, help);
  verb.add_flag("--overwrite", options.overwrite,
                "Replace results that are there already, even read-only ones");
}

}  // namespace karnin::cli
