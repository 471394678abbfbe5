#include "cli/verb.h"

#include "cli/usable_cpus.h"
#include "runtime/core/parallel.h"

namespace karnin::cli {
namespace {

constexpr const char* kExitCodes =
    "Exit status:\n"
    "  0 done; 1 failed; 2 the command line is wrong; 3 an input file is missing or unsound;\n"
    "  4 the data set is not there; 5 the output could not be written; 130 interrupted";

}  // namespace

CLI::App& add_verb(CLI::App& app, const VerbText& text, VerbOptions& options) {
  CLI::App& verb = *app.add_subcommand(text.name, text.summary);
  // An option given twice takes the later value, so that a recipe can be overridden behind it.
  verb.option_defaults()->always_capture_default()->take_last();
  verb.add_flag("--json", options.json, "Print one JSON object on stdout and nothing else there");
  verb.add_option("--threads", options.threads,
                  "Threads to compute with; 0: as many as may run here at a time")
      ->check(CLI::Range(0, kMaxThreads));
  const std::string details = text.details.empty() ? "" : text.details + "\n\n";
  verb.footer(details + "Example:\n  karnin-cpu " + text.example + "\n\n" + kExitCodes);
  return verb;
}

void settle_threads(VerbOptions& options) {
  if (options.threads == 0) options.threads = usable_cpus().threads();
}

}  // namespace karnin::cli
